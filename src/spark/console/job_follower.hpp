#pragma once
// JobFollower: looks at a job until it has ended, and shows what changes: on a terminal in place, in a pipe a line a
// change.
//
//   JobFollower follower(call, store, {.interval = 200ms, .patience = 5min});
//   return follower.follow(id);                 // kDone: completed; kFailed: ended otherwise, or the time was over
//
// --jsonl: the job's record, a line a change. --json: one document at the end, {"job":{...},"ended":true}.

#include "spark/console/command.hpp"

#include <kue/store.hpp>

#include <optional>

namespace spark {

class JobFollower {
 public:
  struct Rules {
    kue::Millis interval{250};
    std::optional<kue::Millis> patience;  // none: forever
  };
  JobFollower(Call& call, kue::Store& jobs, Rules rules) : call_(call), store_(jobs), rules_(rules) {}

  // Throws Error(not_found) if there is no such job, or it was deleted meanwhile. 128 + signal at Ctrl-C.
  int follow(kue::JobId id);

 private:
  kue::JobRecord look(kue::JobId id);
  int tell_end(kue::JobRecord const& record);
  int tell_unfinished(kue::JobRecord const& record, int signal);

  Call& call_;
  kue::Store& store_;
  Rules rules_;
};

}  // namespace spark
