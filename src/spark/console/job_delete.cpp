#include "spark/console/job_delete.hpp"

namespace spark {
namespace {

using enum kue::State;

Verdict verdict(kue::JobId id, kue::RemoveStatus status) {
  switch (status) {
    case kue::RemoveStatus::removed: return {id.str(), "removed", "is deleted"};
    case kue::RemoveStatus::running: return {id.str(), "running", "is running: job:cancel asks it to stop", kRefused};
    case kue::RemoveStatus::other_state: return {id.str(), "other_state", "is in another state by now", kRefused};
    case kue::RemoveStatus::not_found: break;
  }
  return {id.str(), "not_found", "does not exist", kNotFound};
}

}  // namespace

JobVerb delete_verb() {
  return {.word = "delete",
          .done = "deleted",
          .status = "removed",
          .possible = {scheduled, blocked, available, retryable, completed, discarded, cancelled},
          .usual = {completed, discarded, cancelled},
          .act = [](kue::Store& jobs, std::span<kue::JobId const> ids, std::vector<kue::State> const& states) {
            auto const result = jobs.remove({.ids = ids, .only = states});
            std::vector<Verdict> verdicts;
            for (std::size_t i = 0; i < ids.size(); ++i) verdicts.push_back(verdict(ids[i], result.statuses.at(i)));
            return verdicts;
          }};
}

Builtin job_delete_command() {
  return {with_job_verb(Command("job:delete", "deletes jobs and their history"))
              .details("By ids, or by options that choose them: then jobs that have ended, unless --state names "
                       "others. It asks before it deletes by options; without a terminal it wants --yes. A running job "
                       "is never deleted. Nothing brings a deleted job back. Exit code 3 if a job does not exist, 5 if "
                       "one runs, or if nobody said yes; the others are deleted anyway.\n\nExamples:\n  "
                       "job:delete 0193c2a0-1b2c-7def-8a90-b1c2d3e4f506\n  job:delete --state discarded --before 30d "
                       "--dry-run\n  job:delete --kind HelloWorldJob --state available,scheduled --yes\n"),
          [](Call& call) { return run_job_verb(call, delete_verb()); }};
}

}  // namespace spark
