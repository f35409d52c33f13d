#pragma once
// Terminal: a real process whose standard input, output and error are a terminal of its own.
//
//   Terminal terminal({"/bin/hello", "queue:stats"}, {.directory = folder.path()});
//   ASSERT_TRUE(terminal.shows("AVAILABLE"));
//   terminal.type("y\n");

#include "program.hpp"

class Terminal {
 public:
  struct Size {
    unsigned short columns = 100, rows = 40;
  };
  Terminal(std::vector<std::string> const& words, Program::Options const& options, Size size);
  Terminal(std::vector<std::string> const& words, Program::Options const& options) : Terminal(words, options, Size()) {}
  ~Terminal();
  Terminal(Terminal const&) = delete;

  bool shows(std::string_view text, std::chrono::seconds patience = std::chrono::seconds(40));
  void type(std::string_view text) const;
  int wait(std::chrono::seconds patience = std::chrono::seconds(40));  // exit code; 128 + signal; -1: still running
  std::string const& screen() const { return screen_; }                // all that was written, "\r\n" as "\n"

 private:
  bool take(std::chrono::milliseconds wait);  // false: the program closed its side

  int side_ = -1;
  pid_t pid_ = -1;
  int code_ = -1;
  std::string screen_;
};
