#pragma once
// Teller: says what became of the jobs whose ends the keeper wrote: in the log, by events, and by failed() of those
// that are discarded. The user's code runs on the hooks' thread.

#include "kue/worker/board/post.hpp"
#include "kue/worker/keeper/hooks.hpp"
#include "kue/worker/keeper/takeover.hpp"

namespace kue::worker {

class Teller {
 public:
  Teller(Post const& post, Store* store) : post_(post), store_(store) {}  // null: a user's own queue

  void tell_death(Slot const& slot, Death const& death, std::vector<Released> const& released);
  void tell_taken(Takeover::Taken const& taken);
  void finish(Millis patience) { hooks_.finish(patience); }

 private:
  void tell_released(Slot const& slot, Death const& death, Released const& released);
  void tell_not_started(Slot const& slot, std::vector<Released> const& released);
  void tell_lost(Slot const& slot, Death const& death, EntryView const& entry);
  void tell_own_end(Slot const& slot, Death const& death, EntryView const& entry);
  void fail(Released const& released);
  void emit(EventInfo info);
  Logger log() const { return post_.options().log; }

  Post const& post_;
  Store* store_;
  Hooks hooks_;
  std::shared_ptr<Services> services_;  // of the hooks' thread, made when first needed
};

}  // namespace kue::worker
