#include "spark/console/rehearsal.hpp"

#include <kue/json.hpp>

#include "spark/console/args_impl.hpp"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <vector>

namespace spark {
namespace {

using namespace std::chrono_literals;

#if defined(__x86_64__)
constexpr unsigned kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr unsigned kArchitecture = AUDIT_ARCH_AARCH64;
#else
constexpr unsigned kArchitecture = 0;  // no box: the help says so
#endif

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;  // its runtime asks pipes of its own whether memory can be read
#else
constexpr bool kSanitized = false;
#endif

// Reading, memory, and asking who and when. Standard input is /dev/null there.
constexpr std::array kAllowed {
  SYS_read, SYS_pread64, SYS_readv, SYS_close, SYS_fstat, SYS_newfstatat, SYS_statx, SYS_statfs, SYS_fstatfs,
      SYS_faccessat, SYS_readlinkat, SYS_lseek, SYS_getdents64, SYS_getcwd, SYS_brk, SYS_mmap, SYS_munmap, SYS_mprotect,
      SYS_mremap, SYS_madvise, SYS_futex, SYS_getpid, SYS_gettid, SYS_getppid, SYS_getuid, SYS_geteuid, SYS_getgid,
      SYS_getegid, SYS_clock_gettime, SYS_gettimeofday, SYS_getrandom, SYS_uname, SYS_sched_yield,
      SYS_sched_getaffinity, SYS_rt_sigprocmask, SYS_rt_sigaction, SYS_rt_sigreturn, SYS_sigaltstack, SYS_exit,
      SYS_exit_group,
#if defined(__x86_64__)
      SYS_stat, SYS_lstat, SYS_access, SYS_readlink, SYS_time,
#endif
};

constexpr unsigned offset_of_argument(std::size_t number) {
  return static_cast<unsigned>(offsetof(seccomp_data, args) + number * sizeof(__u64));  // its low half: little-endian
}

class Filter {
 public:
  explicit Filter(int answer) {
    add(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch));
    code_.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kArchitecture, 1, 0));
    add(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
    add(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr));
    for (long const number : kAllowed) allow(number);
    if (kSanitized) {
      allow(SYS_pipe2);
      allow(SYS_write);
    }
    write_only_to(answer);
    open_only_to_read(SYS_openat, 2);
#if defined(__x86_64__)
    open_only_to_read(SYS_open, 1);
#endif
    refuse();
  }

  bool install() {
    sock_fprog const program{.len = static_cast<unsigned short>(code_.size()), .filter = code_.data()};
    return kArchitecture != 0 && ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
  }

 private:
  void add(int code, std::size_t value) {
    code_.push_back(BPF_STMT(static_cast<unsigned short>(code), static_cast<unsigned>(value)));
  }
  void allow(long number) {
    code_.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(number), 0, 1));
    add(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  }
  void refuse() { add(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM); }

  void write_only_to(int descriptor) {
    code_.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(SYS_write), 0, 4));
    add(BPF_LD | BPF_W | BPF_ABS, offset_of_argument(0));
    code_.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(descriptor), 0, 1));
    add(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    refuse();
  }

  void open_only_to_read(long number, std::size_t flags) {
    code_.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(number), 0, 4));
    add(BPF_LD | BPF_W | BPF_ABS, offset_of_argument(flags));
    code_.push_back(
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, static_cast<unsigned>(O_WRONLY | O_RDWR | O_CREAT | O_TRUNC), 1, 0));
    add(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    refuse();
  }

  std::vector<sock_filter> code_;
};

[[noreturn]] void run_in_box(std::function<void()> const& action, int to, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  rlimit const second{.rlim_cur = 1, .rlim_max = 1};
  ::setrlimit(RLIMIT_CPU, &second);
  int const null = ::open("/dev/null", O_RDONLY);
  if (::getppid() != parent || null < 0 || ::dup2(null, STDIN_FILENO) < 0 || !Filter(to).install()) ::_exit(1);
  std::string text;
  try {
    action();
  } catch (HelpWanted const& wanted) {
    try {
      text = kue::to_json(wanted.help);
    } catch (...) {}
  } catch (...) {}
  std::string_view rest = text;
  while (!rest.empty()) {
    auto const written = ::write(to, rest.data(), rest.size());
    if (written <= 0) break;
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  ::_exit(0);  // the parent's objects are not ours to destroy
}

// What the child says, until it ends or the time is over.
std::string listen(int from) {
  auto const until = std::chrono::steady_clock::now() + 5s;
  std::string text;
  std::array<char, 4096> buffer{};
  for (;;) {
    auto const left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    pollfd one{.fd = from, .events = POLLIN, .revents = 0};
    int const ready = left > 0ms ? ::poll(&one, 1, static_cast<int>(left.count())) : 0;
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return {};
    auto const got = ::read(from, buffer.data(), buffer.size());
    if (got == 0) return text;
    if (got < 0 && errno != EINTR) return {};
    if (got > 0) text.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

}  // namespace

std::optional<CommandHelp> rehearse(std::function<void()> const& action) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return std::nullopt;
  pid_t const parent = ::getpid(), child = ::fork();
  if (child == 0) run_in_box(action, ends[1], parent);
  ::close(ends[1]);
  std::string const text = child > 0 ? listen(ends[0]) : std::string();
  ::close(ends[0]);
  if (child > 0) {
    ::kill(child, SIGKILL);
    while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {}
  }
  if (text.empty()) return std::nullopt;
  try {
    return kue::from_json<CommandHelp>(text);
  } catch (std::exception const&) {
    return std::nullopt;
  }
}

}  // namespace spark
