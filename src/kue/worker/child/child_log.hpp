#pragma once
// ChildLog: how the main thread of a child writes its log. Each line goes out at once, unless they come by the
// thousand: while jobs of a kind run that is over in a moment, lines wait in the slot until many go out in one write.

#include "kue/base/own_pid.hpp"
#include "kue/worker/board/slot_lines.hpp"
#include "kue/worker/child/sentinel.hpp"

namespace kue::worker {

class ChildLog final : public LogBuffer {
 public:
  ChildLog(SlotLines& lines, Sentinel const& sentinel) : lines_(lines), sentinel_(sentinel) {
    use_in_this_thread(this);
  }
  ~ChildLog() {
    send();
    use_in_this_thread(nullptr);
  }

  void add(std::string_view line) override;
  void hold_back(bool yes);  // false: what waits goes out now
  bool nearly_full() const { return lines_.room() < kMostUnmixed / 4; }
  void send();  // not if descriptor 2 may be a file of a job by now: then they are left to others

 private:
  SlotLines& lines_;
  Sentinel const& sentinel_;
  int const pid_ = own_pid();  // a process that a job forks has the same memory, and a log of its own
  bool holds_back_ = false;
};

}  // namespace kue::worker
