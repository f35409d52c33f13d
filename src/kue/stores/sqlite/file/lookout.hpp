#pragma once
// Lookout: of all who sleep on a file, in all processes, one looks into it each second: the net under a wake-up that was lost because its
// process was killed between its commit and its ring. A worker with many children costs no more than one with one.
//
// The word says until when the lookout is sure to have looked again. If that passes, because it has died, another takes its place; and so
// does the next that falls asleep when it has left for work.

#include "kue/stores/sqlite/file/wake_file.hpp"

#include <chrono>
#include <cstdint>

namespace kue::sqlite {

class Lookout {
 public:
  explicit Lookout(WakeFile& shared) : shared_(shared) {}
  ~Lookout();
  Lookout(Lookout const&) = delete;
  Lookout& operator=(Lookout const&) = delete;

  bool stand() noexcept;  // becomes it, or stays it; false: another one is
  void take() noexcept;   // in any case: for one that looks each second anyway
  bool is_us() const { return mine_ != 0 && shared_.lookout_until().load() == mine_; }
  std::chrono::milliseconds left() const noexcept;  // zero: there is none

 private:
  WakeFile& shared_;
  std::uint32_t mine_ = 0;
};

}  // namespace kue::sqlite
