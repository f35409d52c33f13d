#pragma once
// Keeper: the process beside the children that gives back what a dead child held, says that the node lives, and looks
// after dead nodes. It outlives the master by a moment: it ends the children then, releases all, and leaves.
//
// It can be killed at any point: everything it does is read again from scoreboard and store, and every write is fenced,
// so the next keeper repeats what was not finished.

#include "kue/worker/keeper/burial.hpp"
#include "kue/worker/keeper/reconcile.hpp"
#include "kue/worker/node/node_beat.hpp"
#include "kue/worker/node/rescue.hpp"

#include "kue/base/fd.hpp"

#include <map>
#include <memory>
#include <optional>

namespace kue::worker {

class Keeper {
 public:
  explicit Keeper(Post post)
      : post_(std::move(post)),
        rescuer_(post_.node, post_.options().node_dead, log()),
        reconciler_(post_.node, log()) {}

  [[noreturn]] void live();

 private:
  struct Duty {
    char const* name;                 // "cannot NAME: ...", once, until it succeeds again
    Millis every;                     // 0: whenever the keeper is awake
    void (Keeper::*run)(Duty& self);  // may move `next`
    SteadyPoint next = {};
    bool failing = false;
  };

  void settle();
  void boot();
  void become_a_node();
  void trust_until(SteadyPoint until);
  void take_duties();
  void work();
  void attend(Duty& duty, SteadyPoint woken);
  void wait(Millis most);
  Millis patience() const;

  void learn_children();
  void bury(Duty&);       // dead slots
  void take_over(Duty&);  // from living children: what waits for too long
  void look_after_nodes(Duty&);
  void look_for_cancels(Duty&);
  void tend(Duty&);
  void answer_unknown(Duty&);
  void compare(Duty&);
  void prune(Duty&);
  void expect_differences();  // between store and children: it is not the store that it was
  void look_whether_empty(Duty&);
  bool children_rest() const;
  [[noreturn]] void leave_dead_node();
  void end_children();  // after the master's death
  void end_child(Slot const& slot, SteadyPoint until);
  bool bury_all(Millis patience);
  bool say_good_bye();
  [[noreturn]] void leave();

  Logger log() const { return post_.options().log; }
  Slot& slot() { return post_.slot(); }

  Post post_;
  std::shared_ptr<Queue> queue_, beat_queue_;
  Store* store_ = nullptr;  // null: a user's own queue
  std::unique_ptr<NodeBeat> beat_;
  std::atomic<bool> node_dead_{false}, store_restarted_{false};
  Rescuer rescuer_;
  Reconciler reconciler_;
  Takeover takeover_;
  std::optional<Teller> teller_;
  OomCounter oom_;
  Duty burying_{"release what dead children held", Millis(0), &Keeper::bury};
  std::vector<Duty> duties_;  // in their order, at each turn
  struct KnownChild {
    std::int32_t pid = 0;
    Fd pidfd;  // opened while it certainly lived
  };
  std::map<Slot const*, KnownChild> children_;
  bool master_died_ = false;
  int quiet_looks_ = 0;
};

}  // namespace kue::worker
