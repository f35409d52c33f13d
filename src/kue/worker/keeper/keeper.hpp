#pragma once
// Keeper: the process beside the children that gives back what a dead child held, says that the node lives, and looks
// after dead nodes. It outlives the master by a moment: it ends the children then, releases all, and leaves.
//
// It can be killed at any point: everything it does is read again from scoreboard and store, and every write is fenced,
// so the next keeper repeats what was not finished.

#include "kue/worker/board/post.hpp"
#include "kue/worker/keeper/hooks.hpp"
#include "kue/worker/keeper/oom.hpp"
#include "kue/worker/keeper/reconcile.hpp"
#include "kue/worker/keeper/takeover.hpp"
#include "kue/worker/node/node_beat.hpp"
#include "kue/worker/node/rescue.hpp"
#include "kue/worker/run/run_context.hpp"

#include "kue/base/fd.hpp"

#include <map>
#include <memory>

namespace kue::worker {

// What the keeper inherits from its master.
struct KeeperWires {
  int bell = -1;    // eventfd: the master rings when a child was born or died, or the stage changed
  int nudge = -1;   // eventfd: the keeper rings when a slot is free again, and when nothing is left to do
  int master = -1;  // pidfd of the master
};

class Keeper {
 public:
  Keeper(Post post, KeeperWires wires)
      : post_(std::move(post)),
        wires_(wires),
        rescuer_(post_.node, post_.options().node_dead, log()),
        reconciler_(post_.node, log()) {}

  [[noreturn]] void live();

 private:
  void settle();
  void boot();
  void work();
  void wait(Millis most);
  Millis patience() const;
  void try_to(char const* what, void (Keeper::*duty)());

  void learn_children();
  void bury();  // dead slots: release, then free
  bool bury_one(Slot& slot);
  void tell_death(Slot const& slot, std::vector<Released> const& released, Death const& death);
  void tell_own_ends(Slot const& slot, std::vector<Released> const& released);
  void tell_job(Slot const& slot, Released const& released);
  void tell_lost(Slot const& slot, EntryView const& entry);
  void call_failed(Released const& released);
  void emit(EventInfo info);
  void take_over();  // from living children: what waits for too long
  void tell_taken(Takeover::Taken const& taken);
  void look_after_nodes();
  void tend();
  void answer_unknown();
  void beat_duties();
  void prune();
  void look_for_cancels();
  bool nothing_left();
  void end_children();  // after the master's death
  bool bury_all(Millis patience);
  [[noreturn]] void leave();

  Logger log() const { return post_.options().log; }
  Slot& slot() { return post_.slot(); }

  Post post_;
  KeeperWires wires_;
  std::shared_ptr<Queue> queue_, beat_queue_;
  Store* store_ = nullptr;  // null: a user's own queue
  std::unique_ptr<NodeBeat> beat_;
  std::atomic<bool> node_dead_{false}, store_restarted_{false};
  Rescuer rescuer_;
  Reconciler reconciler_;
  Takeover takeover_;
  std::unique_ptr<Hooks> hooks_;
  std::shared_ptr<Services> services_;  // of the hooks' thread, made when first needed
  OomCounter oom_;
  std::map<int, Fd> children_;  // slot -> pidfd, opened while the child certainly lived
  std::map<int, std::int32_t> child_pids_;
  bool master_died_ = false;
  bool unburied_ = false;
  int quiet_looks_ = 0;
  SteadyPoint next_nodes_{}, next_look_{}, next_beat_duties_{}, next_prune_{};
  std::map<char const*, bool> failing_;
};

}  // namespace kue::worker
