#include "spark/console/job_follower.hpp"
#include "spark/console/job_ids.hpp"
#include "spark/console/job_store.hpp"

namespace spark {
namespace {

int run(Call& call) {
  JobFollower::Rules rules{.interval = call.args.duration("--interval"), .patience = {}};
  if (auto const patience = call.args.duration("--wait-timeout"); patience > kue::Millis(0)) rules.patience = patience;
  kue::JobId const id = job_ids(call, {call.args.text("ID")}).front();
  return JobFollower(call, job_store(call), rules).follow(id);
}

}  // namespace

Builtin job_watch_command() {
  return {Command("job:watch", "shows a job's state and progress until it has ended")
              .argument("ID", "the job's id, or its end: 6 characters at least")
              .option("--interval TIME", kue::Millis(250), "between two looks")
              .between(kue::Millis(20), kue::Millis(86'400'000))
              .option("--wait-timeout TIME", kue::Millis(0), "give up waiting after this long; 0s: never")
              .details("On a terminal in place; in a pipe a line for each change: time, state, attempts, percent, "
                       "note; with --jsonl the job's record. Exit code 0 if it is completed, 1 if it ended otherwise "
                       "or the time is over, 3 if there is no such job, 130 after Ctrl-C; the job goes on in any "
                       "case.\n\nExamples:\n  job:watch 0193c2a0-1b2c-7def-8a90-b1c2d3e4f506\n  job:watch "
                       "0193c2a0-1b2c-7def-8a90-b1c2d3e4f506 --jsonl | jq .progress.percent\n"),
          run, CommandKind::lists};
}

}  // namespace spark
