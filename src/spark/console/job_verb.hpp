#pragma once
// JobVerb: what job:retry, job:cancel, job:delete and queue:purge have in common: something is done to jobs, named by
// their ids or chosen by a filter.

#include "spark/console/change.hpp"
#include "spark/console/job_choice.hpp"
#include "spark/console/verdicts.hpp"

#include <functional>
#include <span>
#include <string>
#include <vector>

namespace spark {

struct JobVerb {
  std::string word;                  // "delete"
  std::string done;                  // "deleted"
  std::string status;                // the verdict that says so: "removed"
  std::vector<kue::State> possible;  // what it can be done to
  std::vector<kue::State> usual;     // by a filter that names no state
  // One verdict an id; `states`: only if it is still in one of these. A verdict with kDone counts as done.
  std::function<std::vector<Verdict>(kue::Store&, std::span<kue::JobId const>, std::vector<kue::State> const& states)>
      act;
};

// The whole command: [ID...] or the options of JobChoice, --dry-run, --yes.
Command with_job_verb(Command command);
int run_job_verb(Call& call, JobVerb const& verb);
// The part for a filter: counts, asks, does it in batches, says what came of it. Exit code kDone.
int sweep_with(Call& call, JobVerb const& verb, kue::Filter const& filter, Change const& change);

}  // namespace spark
