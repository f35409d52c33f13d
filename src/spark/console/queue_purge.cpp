#include <kue/error.hpp>

#include "spark/console/job_delete.hpp"
#include "spark/console/job_store.hpp"
#include "spark/console/queue_names.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace spark {
namespace {

using enum kue::State;

int run(Call& call) {
  Change const change(call.args);
  std::string const name = call.args.text("NAME");
  std::vector<kue::State> states = parse_states("--states", call.args.texts("--states"));
  if (std::find(states.begin(), states.end(), running) != states.end()) {
    throw WrongWords("--states: running jobs cannot be deleted\nhint: job:cancel --queue " + name +
                     " --state running asks them to stop");
  }
  if (states.empty()) states = {scheduled, blocked, available, retryable};
  (void)known_queue(job_store(call), name);
  return sweep_with(call, delete_verb(), {.states = std::move(states), .queue = name}, change);
}

}  // namespace

Builtin queue_purge_command() {
  return {
      with_change(
          Command("queue:purge", "deletes the jobs that wait in a queue")
              .argument("NAME", "the queue")
              .options(
                  "--states STATE",
                  "in these states instead of scheduled,blocked,available,retryable; several times, or with commas"))
          .details("It asks first; without a terminal it wants --yes. Jobs that run are left alone, and so is what is "
                   "pushed meanwhile: pause the queue before, or stop its producers, if it is to be empty afterwards. "
                   "Nothing brings the jobs back. Exit code 3 if there is no such queue, 5 if nobody said "
                   "yes.\n\nExamples:\n  queue:purge mail --dry-run\n  queue:purge mail --states discarded,cancelled "
                   "--yes\n"),
      run};
}

}  // namespace spark
