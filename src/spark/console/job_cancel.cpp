#include "spark/console/job_store.hpp"
#include "spark/console/verdicts.hpp"

namespace spark {
namespace {

Verdict verdict(kue::JobId id, kue::CancelStatus status) {
  switch (status) {
    case kue::CancelStatus::cancelled: return {id.str(), "cancelled", "is cancelled"};
    case kue::CancelStatus::asked: return {id.str(), "asked", "is running: its worker asks it to stop"};
    case kue::CancelStatus::final: return {id.str(), "final", "has ended already", kRefused};
    case kue::CancelStatus::not_found: break;
  }
  return {id.str(), "not_found", "does not exist", kNotFound};
}

int run(Call& call) {
  std::vector<std::string> const texts = call.args.arguments("ID...", "jobs that wait");
  call.args.done();
  std::vector<kue::JobId> const ids = parse_ids(texts);
  auto const result = job_store(call).cancel({.ids = ids});
  std::vector<Verdict> verdicts;
  for (std::size_t i = 0; i < ids.size(); ++i) verdicts.push_back(verdict(ids[i], result.statuses.at(i)));
  return say(call, verdicts);
}

}  // namespace

Command job_cancel_command() {
  return {"job:cancel", "cancels jobs that wait",
          "A running job is left alone and said so. Exit code 3 if a job does not exist, 5 if one is running or has ended; the\n"
          "others are cancelled all the same.\n\n"
          "Example:\n  job:cancel 0193c2a0-1b2c-7def-8a90-b1c2d3e4f506\n",
          run};
}

}  // namespace spark
