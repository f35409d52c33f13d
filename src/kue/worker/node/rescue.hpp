#pragma once
// Rescue: gives back what dead nodes hold. A node is dead if its store knows that none of its processes lives, or if
// its beat did not change for `dead_after` by this observer's own steady clock, while this observer's own beats
// succeeded.

#include <kue/logger.hpp>
#include <kue/store.hpp>

#include <map>

namespace kue::worker {

class Rescuer {
 public:
  Rescuer(std::uint64_t own_node, Millis dead_after, Logger log)
      : own_(own_node), dead_after_(dead_after), log_(std::move(log)) {}

  // Looks at all nodes once. `own_beats`: whether ours reach the store; if not, silence of others says nothing.
  void round(Store& store, bool own_beats, SteadyPoint now);
  bool alone() const { return seen_.empty(); }  // at the last one: no other node

 private:
  struct Seen {
    std::uint64_t beat = 0;
    SteadyPoint since{};
  };
  bool dead(Store& store, NodeInfo const& node, bool own_beats, SteadyPoint now);
  void release_all(Store& store, NodeInfo const& node);

  std::uint64_t own_;
  Millis dead_after_;
  Logger log_;
  std::map<std::uint64_t, Seen> seen_;
};

}  // namespace kue::worker
