#include "spark/console/job_store.hpp"
#include "spark/console/queue_names.hpp"
#include "spark/console/verdicts.hpp"

namespace spark {
namespace {

int run(Call& call) {
  auto const names = call.args.texts("NAME");
  kue::Store& jobs = job_store(call);
  std::vector<bool> before;
  for (std::string const& name : names) before.push_back(known_queue(jobs, name).paused);
  std::vector<Verdict> verdicts;
  for (std::size_t i = 0; i < names.size(); ++i) {
    jobs.resume({.queue = names[i]});
    verdicts.push_back({names[i], "open", before[i] ? "is open again" : "was open already"});
  }
  return say(call, verdicts, "queues", "queue");
}

}  // namespace

Builtin queue_resume_command() {
  return {
      Command("queue:resume", "lets workers take jobs of paused queues again")
          .arguments("NAME...", "queues")
          .details("Exit code 3 if there is no such queue; then none is changed.\n\nExample:\n  queue:resume mail\n"),
      run};
}

}  // namespace spark
