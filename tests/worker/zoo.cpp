#include "zoo.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

extern char** environ;

namespace zoo {
namespace {

std::string slurp(std::string const& path) {
  std::ifstream file(path);
  std::ostringstream all;
  all << file.rdbuf();
  return all.str();
}

struct Stat {
  std::string name;
  char state = '?';
  pid_t parent = 0;
};

std::optional<Stat> stat_of(std::string const& pid) {
  std::string const text = slurp("/proc/" + pid + "/stat");
  auto const open = text.find('('), close = text.rfind(')');
  if (open == std::string::npos || close == std::string::npos) return std::nullopt;
  Stat stat{.name = text.substr(open + 1, close - open - 1)};
  std::istringstream(text.substr(close + 1)) >> stat.state >> stat.parent;
  return stat;
}

std::vector<pid_t> processes_of(pid_t parent, std::string const& name) {
  std::vector<pid_t> found;
  for (auto const& entry : std::filesystem::directory_iterator("/proc")) {
    std::string const pid = entry.path().filename();
    if (pid.empty() || pid[0] < '0' || pid[0] > '9') continue;
    auto const stat = stat_of(pid);
    if (stat && stat->parent == parent && stat->name == name && stat->state != 'Z') found.push_back(std::stoi(pid));
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace

std::string Line::text() const {
  std::string all;
  for (std::string const& word : words) all += (all.empty() ? "" : " ") + word;
  return all;
}

bool lives(pid_t process) {
  auto const stat = stat_of(std::to_string(process));
  return stat && stat->state != 'Z';
}

Zoo::Zoo() {
  char const* const base = std::getenv("TMPDIR");
  std::string pattern = std::string(base != nullptr ? base : "/tmp") + "/spark-zoo-XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make a folder like " + pattern);
  folder_ = pattern;
  queue_ = kue::open_store_queue(url(), {.event_log = true});
}

Zoo::~Zoo() {
  std::vector<pid_t> keepers;  // they end by themselves, a moment after their master
  for (pid_t const worker : workers_) {
    keepers.push_back(keeper(worker));
    ::kill(worker, SIGKILL);
    ::waitpid(worker, nullptr, 0);
  }
  eventually(
      [&] { return std::none_of(keepers.begin(), keepers.end(), [](pid_t one) { return one != 0 && lives(one); }); },
      3s);
  if (HasFailure()) ADD_FAILURE() << "log of the workers:\n" << log();
  queue_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

kue::JobId Zoo::push(std::string const& kind, std::string const& args, std::function<void(kue::Envelope&)> change) {
  kue::Envelope job;
  job.id = kue::JobId::make();
  job.kind = "zoo::" + kind;
  job.args = args;
  if (change) change(job);
  kue::JobId const id = job.id;
  queue_->push(std::move(job));
  return id;
}

kue::JobRecord Zoo::record(kue::JobId id) {
  auto record = store().get(id);
  if (!record) throw std::runtime_error("job " + id.str() + " is not in the store");
  return *record;
}

std::vector<kue::Event> Zoo::events_of(kue::JobId id) {
  std::vector<kue::Event> mine;
  for (kue::Event const& event : store().events({}).events) {
    if (event.id == id) mine.push_back(event);
  }
  return mine;
}

pid_t Zoo::start(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"--store", url()});
  return start_plain(std::move(arguments));
}

pid_t Zoo::start_plain(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {WORKER_ZOO, "--journal", path("journal")});
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t files;
  ::posix_spawn_file_actions_init(&files);
  ::posix_spawn_file_actions_addopen(&files, STDERR_FILENO, path("log").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  pid_t pid = 0;
  int const error = ::posix_spawn(&pid, WORKER_ZOO, &files, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&files);
  if (error != 0) throw std::runtime_error("cannot start " WORKER_ZOO);
  workers_.insert(pid);
  return pid;
}

int Zoo::wait_exit(pid_t worker, std::chrono::milliseconds most) {
  int status = -1;
  bool const ended = eventually([&] { return ::waitpid(worker, &status, WNOHANG) == worker; }, most);
  if (!ended) return -1;
  workers_.erase(worker);
  return status;
}

std::vector<pid_t> Zoo::children(pid_t worker) const { return processes_of(worker, "spark-child"); }

std::vector<pid_t> Zoo::ready_children(pid_t worker) {
  std::vector<pid_t> ready;
  for (pid_t const child : children(worker)) {
    if (journal_says("event after_fork " + std::to_string(child) + " ")) ready.push_back(child);
  }
  return ready;
}

pid_t Zoo::keeper(pid_t worker) const {
  auto const found = processes_of(worker, "spark-keeper");
  return found.empty() ? 0 : found.front();
}

void Zoo::send(pid_t process, int signal) const {
  ASSERT_GT(process, 1);
  ASSERT_EQ(::kill(process, signal), 0);
}

bool Zoo::eventually(std::function<bool()> const& what, std::chrono::milliseconds most) const {
  auto const until = std::chrono::steady_clock::now() + most;
  while (!what()) {
    if (std::chrono::steady_clock::now() >= until) return false;
    std::this_thread::sleep_for(5ms);
  }
  return true;
}

std::vector<Line> Zoo::journal(std::string const& first_word) const {
  std::vector<Line> lines;
  std::istringstream text(slurp(path("journal")));
  for (std::string line; std::getline(text, line);) {
    Line words;
    std::istringstream pieces(line);
    for (std::string word; pieces >> word;) words.words.push_back(word);
    if (!words.words.empty() && (first_word.empty() || words[0] == first_word)) lines.push_back(std::move(words));
  }
  return lines;
}

int Zoo::count(std::string const& text) const {
  int found = 0;
  std::istringstream lines(slurp(path("journal")));
  for (std::string line; std::getline(lines, line);) found += (line + " ").find(text) != std::string::npos ? 1 : 0;
  return found;
}

std::string Zoo::log() const { return slurp(path("log")); }

}  // namespace zoo
