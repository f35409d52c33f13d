#pragma once
// RunningStudio: the real program, `studio server` and `studio queue:worker -c 4`, on a free port with a folder of
// their own.
// Both are ended with TERM and must leave with 0; nothing stays.

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace studio::test {

class Process {
 public:
  // Standard output goes to `out`, standard error to `out`.err.
  Process(std::vector<std::string> command, std::filesystem::path out);
  Process(Process const&) = delete;
  ~Process();

  int pid() const { return pid_; }
  int end();  // TERM, then at most 20 s; the exit code, 128 + signal if a signal ended it, -1 if KILL was needed
  int wait(std::chrono::seconds most);
  std::string output() const;
  std::string errors() const;

 private:
  int pid_ = -1;
  int exit_ = -1;
  std::filesystem::path out_;
};

class RunningStudio {
 public:
  RunningStudio();
  ~RunningStudio();

  void start_server();
  void start_worker();
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  int port() const { return port_; }
  std::filesystem::path const& folder() const { return folder_; }  // of everything
  std::filesystem::path data() const { return folder_ / "data"; }
  std::vector<std::string> command(std::vector<std::string> const& words) const;

  std::unique_ptr<Process> server, worker;

 private:
  std::filesystem::path folder_;
  int port_ = 0;
};

}  // namespace studio::test
