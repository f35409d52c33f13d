#pragma once
// LogBuffer: takes the lines that a thread logs to stderr, instead of a write(2) for each, while it is that thread's.
// Who gives one sees to it that they come out, also after a crash: kue::worker::ChildLog.

#include <cstddef>
#include <string_view>

namespace kue {

inline constexpr std::size_t kMostUnmixed =
    4096;  // PIPE_BUF of Linux: a write up to this size never mixes with those of other processes

class LogBuffer {
 public:
  LogBuffer() = default;
  LogBuffer(LogBuffer const&) = delete;
  LogBuffer& operator=(LogBuffer const&) = delete;

  virtual void add(std::string_view line) = 0;  // whole, with its line feed, kMostUnmixed bytes at most

  static LogBuffer* of_this_thread() noexcept;
  static void use_in_this_thread(LogBuffer* buffer) noexcept;  // null: none

 protected:
  ~LogBuffer() = default;
};

// One write(2) to stderr; what cannot be written is dropped.
void write_to_stderr(std::string_view bytes);

}  // namespace kue
