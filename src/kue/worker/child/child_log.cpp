#include "kue/worker/child/child_log.hpp"

namespace kue::worker {

void ChildLog::add(std::string_view line) {
  if (own_pid() != pid_) return write_to_stderr(line);
  if (!holds_back_) {
    send();
    return write_to_stderr(line);
  }
  SteadyPoint const now = Clock::system().steady_now();
  if (lines_.add(line, now)) return;
  send();
  if (!lines_.add(line, now) && sentinel_.intact()) write_to_stderr(line);
}

void ChildLog::hold_back(bool yes) {
  holds_back_ = yes;
  if (!yes) send();
}

void ChildLog::send() {
  if (!lines_.any() || !sentinel_.intact()) return;
  std::string const lines = lines_.take();
  if (!lines.empty()) write_to_stderr(lines);
}

}  // namespace kue::worker
