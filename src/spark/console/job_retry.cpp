#include "spark/console/job_store.hpp"
#include "spark/console/verdicts.hpp"

namespace spark {
namespace {

Verdict verdict(kue::JobId id, kue::RetryStatus status) {
  switch (status) {
    case kue::RetryStatus::retried: return {id.str(), "retried", "is available again"};
    case kue::RetryStatus::not_final: return {id.str(), "not_final", "has not ended: it will run by itself", kRefused};
    case kue::RetryStatus::completed: return {id.str(), "completed", "is completed: to do it again, push it again", kRefused};
    case kue::RetryStatus::not_found: break;
  }
  return {id.str(), "not_found", "does not exist", kNotFound};
}

int run(Call& call) {
  std::vector<std::string> const texts = call.args.arguments("ID...", "jobs that were discarded or cancelled");
  call.args.done();
  std::vector<kue::JobId> const ids = parse_ids(texts);
  auto const result = job_store(call).retry({.ids = ids});
  std::vector<Verdict> verdicts;
  for (std::size_t i = 0; i < ids.size(); ++i) verdicts.push_back(verdict(ids[i], result.statuses.at(i)));
  return say(call, verdicts);
}

}  // namespace

Command job_retry_command() {
  return {"job:retry", "makes discarded or cancelled jobs available again, counters at zero",
          "Exit code 3 if a job does not exist, 5 if one has not ended or is completed; the others are retried all the same.\n\n"
          "Example:\n  job:retry 0193c2a0-1b2c-7def-8a90-b1c2d3e4f506\n",
          run};
}

}  // namespace spark
