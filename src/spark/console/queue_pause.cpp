#include <kue/error.hpp>

#include "spark/console/job_store.hpp"
#include "spark/console/queue_names.hpp"
#include "spark/console/verdicts.hpp"

#include <fmt/format.h>

namespace spark {
namespace {

// Which of them are paused already; the first that is no queue is told, and then none is changed.
std::vector<bool> look_at(kue::Store& jobs, std::vector<std::string> const& names, bool force) {
  std::vector<bool> paused;
  for (std::string const& name : names) {
    try {
      paused.push_back(known_queue(jobs, name, "--force pauses it before its first job").paused);
    } catch (kue::Error const& error) {
      if (!force || error.kind() != kue::ErrorKind::not_found) throw;
      paused.push_back(false);
    }
  }
  return paused;
}

int run(Call& call) {
  bool const force = call.args.flag("--force");
  auto const names = call.args.texts("NAME");
  kue::Store& jobs = job_store(call);
  std::vector<bool> const before = look_at(jobs, names, force);
  std::vector<Verdict> verdicts;
  for (std::size_t i = 0; i < names.size(); ++i) {
    jobs.pause({.queue = names[i]});
    verdicts.push_back(
        {names[i], "paused", before[i] ? "was paused already" : "is paused: running jobs continue, no new ones start"});
  }
  return say(call, verdicts, "queues", "queue");
}

}  // namespace

Builtin queue_pause_command() {
  return {
      Command("queue:pause", "pauses queues: none of their jobs starts until queue:resume")
          .flag("--force", "also a queue that has had no job yet")
          .arguments("NAME...", "queues")
          .details(
              "Jobs that run go on to their end, and pushing goes on. It lasts until queue:resume, also when workers "
              "are restarted. Exit code 3 if no job was ever pushed to a queue of that name, unless --force is given; "
              "then none is paused.\n\nExamples:\n  queue:pause mail\n  queue:pause mail billing\n"),
      run};
}

}  // namespace spark
