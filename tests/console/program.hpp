#pragma once
// Program: a real process with its output in files, for tests.
//
//   Folder folder;
//   Program worker({"/bin/hello", "queue:worker"}, {.directory = folder.path()});
//   ASSERT_TRUE(worker.says("Hello World"));
//   EXPECT_EQ(worker.stop(), 0);

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

// A temporary folder, removed at the end.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(Folder const&) = delete;
  std::string path(std::string_view name = {}) const;
  void write(std::string_view name, std::string_view text) const;

 private:
  std::filesystem::path path_;
};

class Program {
 public:
  struct Options {
    std::string directory;
    std::map<std::string, std::string> environment;  // beside this process's own
    std::string output;                              // where stdout goes instead of a file of ours, "/dev/full"
    int closed_pipe = -1;                            // this descriptor is a pipe that nobody reads
  };
  Program(std::vector<std::string> const& words, Options const& options);
  ~Program();  // kills what still runs
  Program(Program const&) = delete;

  // Waits until stderr or stdout holds `text`; false if the program ends or the time is over without it.
  bool says(std::string_view text, std::chrono::seconds patience = std::chrono::seconds(40));
  int wait(std::chrono::seconds patience = std::chrono::seconds(40));  // exit code; 128 + signal; -1: still running
  int stop(int signal = 15);
  void send(int signal) const;
  pid_t pid() const { return pid_; }
  std::string out() const;
  std::string err() const;

 private:
  bool reap(bool block);

  Folder folder_;
  pid_t pid_ = -1;
  int code_ = -1;
};

struct Ran {
  int code = -1;
  std::string out, err;
};
Ran run(std::vector<std::string> const& words, Program::Options const& options);
