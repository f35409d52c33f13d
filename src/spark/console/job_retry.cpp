#include "spark/console/job_verb.hpp"

namespace spark {
namespace {

using enum kue::State;

Verdict verdict(kue::JobId id, kue::RetryStatus status) {
  switch (status) {
    case kue::RetryStatus::retried: return {id.str(), "retried", "is available again"};
    case kue::RetryStatus::not_final:
      return {id.str(), "not_final", "is not finished yet: it will run without a retry", kRefused};
    case kue::RetryStatus::completed:
      return {id.str(), "completed", "is completed: to do it again, push it again", kRefused};
    case kue::RetryStatus::not_found: break;
  }
  return {id.str(), "not_found", "does not exist", kNotFound};
}

JobVerb retry_verb() {
  return {.word = "retry",
          .done = "retried",
          .status = "retried",
          .possible = {discarded, cancelled},
          .usual = {discarded},
          .act = [](kue::Store& jobs, std::span<kue::JobId const> ids, std::vector<kue::State> const&) {
            auto const result = jobs.retry({.ids = ids});
            std::vector<Verdict> verdicts;
            for (std::size_t i = 0; i < ids.size(); ++i) verdicts.push_back(verdict(ids[i], result.statuses.at(i)));
            return verdicts;
          }};
}

}  // namespace

Builtin job_retry_command() {
  return {
      with_job_verb(Command("job:retry", "makes discarded or cancelled jobs available again, counters at zero"))
          .details("By ids, or by options that choose them: then discarded jobs, unless --state names cancelled. It "
                   "asks before it retries by options; without a terminal it wants --yes.\nExit code 3 if a job does "
                   "not exist, 5 if one has not ended or is completed, or if nobody said yes; the others are retried "
                   "anyway.\n\nExamples:\n  job:retry 0193c2a0-1b2c-7def-8a90-b1c2d3e4f506\n  job:retry --queue "
                   "mail --error 'connection refused' --dry-run\n  job:retry --kind HelloWorldJob --after 2h --yes\n"),
      [](Call& call) { return run_job_verb(call, retry_verb()); }};
}

}  // namespace spark
