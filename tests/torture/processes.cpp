#include "processes.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace torture {
namespace {

struct Status {
  std::string name;
  char state = 'X';
  int parent = 0;
};

// /proc/PID/stat: pid (name) state ppid ...; the name may hold anything, also parentheses.
std::optional<Status> status(int pid) {
  std::ifstream in(fmt::format("/proc/{}/stat", pid));
  std::string text;
  std::getline(in, text);  // not by iterators: they throw when the process ends in the middle of it
  auto const open = text.find('(');
  auto const close = text.rfind(')');
  if (open == std::string::npos || close == std::string::npos) return std::nullopt;
  Status found;
  found.name = text.substr(open + 1, close - open - 1);
  std::istringstream rest(text.substr(close + 1));
  rest >> found.state >> found.parent;
  return found;
}

std::map<int, Status> all_processes() {
  std::map<int, Status> all;
  for (auto const& entry : std::filesystem::directory_iterator("/proc")) {
    std::string const name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    int const pid = std::stoi(name);
    if (auto found = status(pid)) all.emplace(pid, std::move(*found));
  }
  return all;
}

bool living(Status const& s) { return s.state != 'Z' && s.state != 'X'; }

}  // namespace

std::vector<int> children_of(int pid) {
  std::vector<int> children;
  for (auto const& [child, s] : all_processes()) {
    if (s.parent == pid && living(s)) children.push_back(child);
  }
  return children;
}

std::vector<int> descendants_of(int pid) {
  auto const all = all_processes();
  std::vector<int> found = {pid};
  for (std::size_t i = 0; i < found.size(); ++i) {
    for (auto const& [child, s] : all) {
      if (s.parent == found[i] && living(s)) found.push_back(child);
    }
  }
  found.erase(found.begin());
  return found;
}

std::string name_of(int pid) {
  auto const s = status(pid);
  return s ? s->name : std::string();
}

bool alive(int pid) {
  auto const s = status(pid);
  return s && living(*s);
}

bool freeze(int pid) {
  if (::kill(pid, SIGSTOP) != 0) return false;
  char state = 'X';
  wait_for(
      [&] {
        auto const s = status(pid);
        state = s ? s->state : 'X';
        return state == 'T' || state == 'Z' || state == 'X';
      },
      milliseconds(2000));
  return state == 'T';
}

void thaw(int pid) { ::kill(pid, SIGCONT); }

bool wait_for(std::function<bool()> const& so, milliseconds limit) {
  auto const until = std::chrono::steady_clock::now() + limit;
  while (!so()) {
    if (std::chrono::steady_clock::now() >= until) return false;
    std::this_thread::sleep_for(milliseconds(3));
  }
  return true;
}

Brood::Brood() { ::prctl(PR_SET_CHILD_SUBREAPER, 1); }

void Brood::end_all() {
  for (int const pid : descendants_of(::getpid())) ::kill(pid, SIGKILL);
  wait_for(
      [&] {
        reap();
        return strays(0).empty();
      },
      milliseconds(5000));
}

int Brood::spawn(std::vector<std::string> const& command, std::string const& log_file) {
  std::vector<char*> argv;
  for (std::string const& word : command) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  ::posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
  ::posix_spawnattr_init(&attributes);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  ::posix_spawnattr_setpgroup(&attributes, 0);
  int pid = 0;
  int const error = ::posix_spawn(&pid, argv[0], &actions, &attributes, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::posix_spawnattr_destroy(&attributes);
  if (error != 0) throw std::runtime_error(fmt::format("cannot start {}: {}", command.front(), std::strerror(error)));
  statuses_.erase(pid);
  return pid;
}

void Brood::reap() {
  int status = 0;
  for (int pid = ::waitpid(-1, &status, WNOHANG); pid > 0; pid = ::waitpid(-1, &status, WNOHANG))
    statuses_[pid] = status;
}

bool Brood::wait_exit(int pid, milliseconds limit) {
  return wait_for(
      [&] {
        reap();
        return statuses_.contains(pid);
      },
      limit);
}

std::vector<int> Brood::strays(int but_not) const {
  std::vector<int> children = children_of(::getpid());
  std::erase(children, but_not);
  return children;
}

}  // namespace torture
