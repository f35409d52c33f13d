#pragma once
// SlotLines: lines of a child's log that are not written yet. They stand in shared memory, so that a crash loses none,
// and whoever takes them out writes them: the child itself, the keeper if the child has no time for it, the master
// when the child is dead.

#include "kue/base/log_buffer.hpp"

#include <kue/clock.hpp>

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

namespace kue::worker {

struct SlotLines {
  // {how often they were taken out, bytes in it}: a taker that has copied them takes nothing else by a
  // compare-and-swap.
  std::atomic<std::uint64_t> word;
  std::atomic<std::int64_t> since;  // steady ms: the first of them
  char bytes[kMostUnmixed];

  bool add(std::string_view line, SteadyPoint now);  // the child alone; false: no room
  std::string take();                                // empty: there are none, or somebody else took them
  bool any() const { return size_of(word.load(std::memory_order_seq_cst)) > 0; }
  std::size_t room() const { return sizeof bytes - size_of(word.load(std::memory_order_acquire)); }
  bool wait_since_before(SteadyPoint then) const {
    return any() && since.load(std::memory_order_acquire) <= then.time_since_epoch().count();
  }

  // What another process left. A stray write may have hit it: it must not play with a terminal.
  void write_for_another();

 private:
  static std::size_t size_of(std::uint64_t word) { return word & 0xffff; }
  static std::uint64_t taken_once_more(std::uint64_t word) { return (word | 0xffff) + 1; }
};

}  // namespace kue::worker
