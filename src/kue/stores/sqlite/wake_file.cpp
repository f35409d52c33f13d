#include "kue/stores/sqlite/wake_file.hpp"

#include <fcntl.h>
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <algorithm>
#include <cerrno>
#include <climits>
#include <ctime>

namespace kue::sqlite {
namespace {

constexpr std::size_t kBytes = 4096;

long futex(std::atomic<std::uint32_t>* word, int operation, std::uint32_t value, timespec const* limit, std::uint32_t mask) {
  return ::syscall(SYS_futex, word, operation, value, limit, nullptr, mask);
}

}  // namespace

WakeFile::WakeFile(std::string const& path) {
  Fd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666));
  struct stat info {};
  if (!file || ::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode)) return;
  // Whoever may write the database must also be able to ring: the umask of the first one shall not decide.
  if (struct stat database{}; ::stat(path.substr(0, path.rfind("-wake")).c_str(), &database) == 0 && info.st_uid == ::geteuid()) {
    (void)::fchmod(file.get(), database.st_mode & 0666);
  }
  file_ = std::move(file);  // the locks work even if the memory does not
  // Allocated, not only sized: writing to a hole of a mapped file on a full disk is a SIGBUS.
  if (info.st_size < static_cast<off_t>(kBytes) && ::posix_fallocate(file_.get(), 0, kBytes) != 0) return;
  void* const memory = ::mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_SHARED, file_.get(), 0);
  if (memory == MAP_FAILED) return;
  words_ = static_cast<Words*>(memory);
  mapped_ = true;
}

WakeFile::~WakeFile() {
  if (mapped_) ::munmap(words_, kBytes);
}

void WakeFile::abandon() noexcept { (void)file_.release(); }

std::uint32_t WakeFile::mask_of(std::string_view queue) {
  std::uint32_t hash = 2166136261U;  // FNV-1a: the same in every process and version
  for (char const c : queue) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return 1U << ((hash ^ (hash >> 16)) % 32);
}

std::uint32_t WakeFile::mask_of(std::span<std::string const> queues) {
  if (queues.empty()) return ~0U;
  std::uint32_t mask = 0;
  for (std::string const& queue : queues) mask |= mask_of(std::string_view(queue));
  return mask;
}

void WakeFile::ring(std::uint32_t mask, int sleepers) noexcept {
  int const saved = errno;  // may run in a signal handler
  words_->commits.fetch_add(1);
  if (words_->sleepers.load() != 0) futex(&words_->commits, FUTEX_WAKE_BITSET, static_cast<std::uint32_t>(sleepers), nullptr, mask);
  errno = saved;
}

bool WakeFile::sleep(std::uint32_t seen, std::uint32_t mask, std::chrono::nanoseconds at_most) noexcept {
  if (at_most.count() <= 0) return true;
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  auto const until = std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec) + at_most;
  auto const seconds = std::chrono::duration_cast<std::chrono::seconds>(until);
  timespec const end{.tv_sec = static_cast<time_t>(seconds.count()), .tv_nsec = static_cast<long>((until - seconds).count())};
  // Counted before the kernel compares the word: a ring that sees no sleeper has changed the word before we get to sleep. One
  // that is killed here stays counted for ever, which costs a system call a ring and nothing else.
  words_->sleepers.fetch_add(1);
  bool const time_over = futex(&words_->commits, FUTEX_WAIT_BITSET, seen, &end, mask) != 0 && errno == ETIMEDOUT;
  words_->sleepers.fetch_sub(1);
  return time_over;
}

std::uint32_t WakeFile::milliseconds() {
  using std::chrono::steady_clock;
  return static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now().time_since_epoch()).count());
}

void WakeFile::wait_for_opening(std::uint32_t seen, std::chrono::milliseconds at_most) noexcept {
  timespec const limit{.tv_sec = at_most.count() / 1000, .tv_nsec = (at_most.count() % 1000) * 1'000'000};
  words_->turnstile.waiting.fetch_add(1);
  futex(&words_->turnstile.openings, FUTEX_WAIT, seen, &limit, 0);
  words_->turnstile.waiting.fetch_sub(1);
}

void WakeFile::tell_opening() noexcept {
  words_->turnstile.openings.fetch_add(1);
  if (words_->turnstile.waiting.load() != 0) futex(&words_->turnstile.openings, FUTEX_WAKE, 1, nullptr, 0);
}

}  // namespace kue::sqlite
