#pragma once
// Board: what the processes of a benchmark tell each other, in a mapped file: who pushed, ran and ended which job, and
// when.
//
// Times are nanoseconds of CLOCK_MONOTONIC, which is one clock for all processes of a machine.

#include <atomic>
#include <cstdint>
#include <string>

namespace spark::bench {

std::int64_t now_ns();

struct Mark {  // of one job
  std::atomic<std::uint32_t> runs;
  std::atomic<std::int32_t> pid;  // of the process that ran it
  std::atomic<std::int64_t> pushed_at, started_at;
};

struct Header {
  std::uint64_t jobs;
  std::atomic<std::uint64_t> ended;  // runs that came to their end
  std::atomic<std::int64_t> first_start, last_end;
  std::atomic<std::int32_t> pusher_pid;
  std::atomic<std::int64_t> push_began, push_ended;
  std::atomic<std::int64_t> rows, bytes, worst_wait_ms, p999_wait_ns;  // what the inspecting process found in the store
  std::atomic<std::uint32_t> failed;  // a helper process says that it could not do its part
  char failure[400];
  char text[2000];  // what the inspecting process read
};

class Board {
 public:
  static void make(std::string const& path, std::uint64_t jobs);
  explicit Board(std::string const& path);  // throws kue::Error(unavailable)
  ~Board();
  Board(Board const&) = delete;

  Header& header() { return *header_; }
  Mark& mark(std::uint64_t number) { return marks_[number]; }
  std::uint64_t jobs() const { return header_->jobs; }

  void start(std::uint64_t number);  // called by the job, first thing
  void end();
  void fail(char const* why);

 private:
  std::size_t size_ = 0;
  Header* header_ = nullptr;
  Mark* marks_ = nullptr;
};

}  // namespace spark::bench
