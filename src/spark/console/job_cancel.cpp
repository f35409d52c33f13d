#include "spark/console/job_verb.hpp"

namespace spark {
namespace {

using enum kue::State;

Verdict verdict(kue::JobId id, kue::CancelStatus status) {
  switch (status) {
    case kue::CancelStatus::cancelled: return {id.str(), "cancelled", "is cancelled"};
    case kue::CancelStatus::asked: return {id.str(), "asked", "is running: its worker asks it to stop"};
    case kue::CancelStatus::final: return {id.str(), "final", "has ended already", kRefused};
    case kue::CancelStatus::not_found: break;
  }
  return {id.str(), "not_found", "does not exist", kNotFound};
}

JobVerb cancel_verb() {
  return {.word = "cancel",
          .done = "cancelled",
          .status = "cancelled",
          .possible = {scheduled, blocked, available, retryable, running},
          .usual = {scheduled, blocked, available, retryable},
          .act = [](kue::Store& jobs, std::span<kue::JobId const> ids, std::vector<kue::State> const&) {
            auto const result = jobs.cancel({.ids = ids});
            std::vector<Verdict> verdicts;
            for (std::size_t i = 0; i < ids.size(); ++i) verdicts.push_back(verdict(ids[i], result.statuses.at(i)));
            return verdicts;
          }};
}

}  // namespace

Builtin job_cancel_command() {
  return {
      with_job_verb(Command("job:cancel", "cancels jobs: those that wait at once, those that run are asked to stop"))
          .details("A running job sees its stop token within about a second; if it still runs 10 s later its process "
                   "is killed. It does not run again either way, and is completed if it came to its end all the "
                   "same.\nBy ids, or by options that choose them: then jobs that wait, unless --state names others. "
                   "It asks before it cancels by options; without a terminal it wants --yes.\nExit code 3 if a job "
                   "does not exist, 5 if one has ended, or if nobody said yes; the others are cancelled all the "
                   "same.\n\nExamples:\n  job:cancel 0193c2a0-1b2c-7def-8a90-b1c2d3e4f506\n  job:cancel --queue mail "
                   "--tag monthly --dry-run\n  job:cancel --kind HelloWorldJob --state running --yes\n"),
      [](Call& call) { return run_job_verb(call, cancel_verb()); }};
}

}  // namespace spark
