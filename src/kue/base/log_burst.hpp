#pragma once
// LogBurst: lines that this thread logs to stderr while it lives go out together, whole ones, 4096 bytes a write(2) at most, so
// that lines of other processes still never mix with them. For a row of lines about what is over: a crash inside loses them.

#include <cstddef>
#include <string>
#include <string_view>

namespace kue {

class LogBurst {
 public:
  LogBurst();
  ~LogBurst();
  LogBurst(LogBurst const&) = delete;
  LogBurst& operator=(LogBurst const&) = delete;

  static LogBurst* of_this_thread() noexcept;
  void add(std::string_view line);

 private:
  void send();

  LogBurst* before_;
  std::string lines_;
};

// One write(2) to stderr; what cannot be written is dropped.
void write_to_stderr(std::string_view bytes);

inline constexpr std::size_t kMostUnmixed = 4096;  // PIPE_BUF of Linux

}  // namespace kue
