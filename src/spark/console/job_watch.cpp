#include <kue/error.hpp>

#include "spark/console/job_follower.hpp"
#include "spark/console/job_ids.hpp"
#include "spark/console/job_store.hpp"

namespace spark {
namespace {

int run(Call& call) {
  kue::Millis const interval = call.args.option("--interval TIME", kue::Millis(250), "between two looks");
  auto const patience =
      call.args.option("--wait-timeout TIME", kue::Millis(0), "give up waiting after this long; 0s: never");
  std::string const text = call.args.argument("ID", "the job's id, as job:list shows it");
  call.args.done();
  if (interval < kue::Millis(20)) throw kue::Error(kue::ErrorKind::invalid, "--interval must be 20ms at least");
  JobFollower::Rules rules{.interval = interval, .patience = {}};
  if (patience > kue::Millis(0)) rules.patience = patience;
  kue::JobId const id = job_ids(call, {text}).front();
  return JobFollower(call, job_store(call), rules).follow(id);
}

}  // namespace

Command job_watch_command() {
  return {"job:watch", "shows a job's state and progress until it has ended",
          "On a terminal in place; in a pipe a line for each change: time, state, attempts, percent, note; with "
          "--jsonl the job's record.\n"
          "Exit code 0 if it is completed, 1 if it ended otherwise or the time is over, 3 if there is no such job, 130 "
          "after Ctrl-C;\n"
          "the job goes on in any case.\n\n"
          "Examples:\n  job:watch 0193c2a0-1b2c-7def-8a90-b1c2d3e4f506\n  job:watch "
          "0193c2a0-1b2c-7def-8a90-b1c2d3e4f506 --jsonl | jq .progress.percent\n",
          run, true};
}

}  // namespace spark
