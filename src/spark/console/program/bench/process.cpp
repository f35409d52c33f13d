#include "spark/console/program/bench/process.hpp"

#include "spark/console/program/bench/bench_job.hpp"

#include <kue/error.hpp>

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

namespace spark::bench {
namespace {

using namespace std::chrono_literals;

std::vector<pid_t> direct_children(pid_t process) {
  std::vector<pid_t> all;
  std::ifstream list(fmt::format("/proc/{0}/task/{0}/children", process));
  for (pid_t child = 0; list >> child;) all.push_back(child);
  return all;
}

char first_letter_of_state(pid_t process) {
  std::ifstream file(fmt::format("/proc/{}/status", process));
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("State:")) return line.at(line.find_first_not_of(" \t", 6));
  }
  return 'X';
}

std::string name_of(pid_t process) {
  std::ifstream file(fmt::format("/proc/{}/comm", process));
  std::string name;
  std::getline(file, name);
  return name;
}

// Defaults, whatever the environment of the caller or a spark.toml above says: variables outrank the file.
void set_environment(Arena const& arena) {
  std::vector<std::string> ours;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    std::string_view const text = *variable;
    if (text.starts_with("SPARK_")) ours.emplace_back(text.substr(0, text.find('=')));
  }
  for (std::string const& name : ours) ::unsetenv(name.c_str());
  ::setenv(kBoardVariable, arena.board_path().c_str(), 1);
  ::setenv("SPARK_STORE_DURABILITY", arena.durability().c_str(), 1);
  ::setenv("SPARK_STORE_EVENT_LOG", arena.keeps_events() ? "true" : "false", 1);
  ::setenv("SPARK_LOG_LEVEL", "info", 1);
  ::setenv("SPARK_LOG_FORMAT", "text", 1);
}

std::string last_lines(std::string const& file) {
  std::ifstream in(file);
  std::string text((std::istreambuf_iterator<char>(in)), {});
  return text.size() > 800 ? text.substr(text.size() - 800) : text;
}

}  // namespace

void in_processes(Board& board, std::uint64_t count, std::function<void(std::uint64_t)> const& part) {
  std::vector<pid_t> all;
  for (std::uint64_t i = 0; i < count; ++i) {
    pid_t const pid = ::fork();
    if (pid < 0) board.fail("cannot start a process");
    if (pid > 0) all.push_back(pid);
    if (pid != 0) continue;
    int code = 0;
    try {
      part(i);
    } catch (std::exception const& error) {
      board.fail(error.what());
      code = 1;
    }
    ::_exit(code);
  }
  int status = 0, worst = 0;
  for (pid_t const pid : all) {
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {}
    worst = std::max(worst, status);
  }
  if (worst == 0 && board.header().failed.load() == 0) return;
  std::string const why =
      board.header().failed.load() != 0 ? board.header().failure : fmt::format("it ended with wait status {}", worst);
  throw kue::Error(kue::ErrorKind::unavailable, "a process of the benchmark failed: " + why);
}

void in_a_process(Board& board, std::function<void()> const& part) {
  in_processes(board, 1, [&](std::uint64_t) { part(); });
}

WorkerProcess::WorkerProcess(Arena const& arena, int children) : wanted_(children), log_file_(arena.log_file()) {
  std::string const count = std::to_string(children), store_url = arena.store_url();
  pid_ = ::fork();
  if (pid_ < 0)
    throw kue::Error(kue::ErrorKind::unavailable, fmt::format("cannot start the worker: {}", std::strerror(errno)));
  if (pid_ > 0) return;
  set_environment(arena);
  int const log = ::open(log_file_.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  if (log >= 0) {
    ::dup2(log, STDERR_FILENO);
    ::dup2(log, STDOUT_FILENO);
  }
  ::execl("/proc/self/exe", "spark", "queue:worker", "-c", count.c_str(), "--store", store_url.c_str(),
          static_cast<char*>(nullptr));
  ::_exit(127);
}

WorkerProcess::~WorkerProcess() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGTERM);
  if (!wait_until([&] { return !alive(); }, 30s)) ::kill(pid_, SIGKILL);
}

bool WorkerProcess::alive() {
  if (pid_ <= 0) return false;
  int status = 0;
  if (::waitpid(pid_, &status, WNOHANG) != pid_) return true;
  pid_ = -1;
  return false;
}

void WorkerProcess::stop() {
  if (!alive())
    throw kue::Error(kue::ErrorKind::unavailable,
                     "the worker ended by itself; the end of its log:\n" + last_lines(log_file_));
  ::kill(pid_, SIGTERM);
  int status = 0;
  bool const gone = wait_until([&] { return ::waitpid(pid_, &status, WNOHANG) == pid_; }, 30s);
  if (gone) pid_ = -1;
  if (!gone || status != 0)
    throw kue::Error(kue::ErrorKind::unavailable,
                     "the worker did not stop well; the end of its log:\n" + last_lines(log_file_));
}

bool WorkerProcess::ready() const {
  std::vector<pid_t> const all = children();
  return all.size() == static_cast<std::size_t>(wanted_) &&
         std::ranges::all_of(all, [](pid_t child) { return first_letter_of_state(child) == 'S'; });
}

std::vector<pid_t> WorkerProcess::family() const {
  std::vector<pid_t> all = direct_children(pid_);
  all.insert(all.begin(), pid_);
  return all;
}

std::vector<pid_t> WorkerProcess::children() const {
  std::vector<pid_t> all;
  for (pid_t const child : direct_children(pid_)) {
    if (name_of(child) == "spark-child") all.push_back(child);
  }
  return all;
}

std::int64_t cpu_ns(pid_t process) {
  std::int64_t sum = 0;
  std::error_code ignored;
  for (auto const& thread : std::filesystem::directory_iterator(fmt::format("/proc/{}/task", process), ignored)) {
    std::ifstream file(thread.path() / "schedstat");
    std::int64_t ns = 0;
    if (file >> ns) sum += ns;
  }
  return sum;
}

double pss_mb(pid_t process) {
  std::ifstream file(fmt::format("/proc/{}/smaps_rollup", process));
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("Pss:", 0) == 0) return std::strtod(line.c_str() + 4, nullptr) / 1024;
  }
  throw kue::Error(kue::ErrorKind::unavailable, fmt::format("cannot read the memory of process {}", process));
}

bool wait_until(std::function<bool()> const& what, std::chrono::milliseconds most) {
  auto const until = std::chrono::steady_clock::now() + most;
  while (!what()) {
    if (std::chrono::steady_clock::now() >= until) return false;
    std::this_thread::sleep_for(5ms);
  }
  return true;
}

}  // namespace spark::bench
