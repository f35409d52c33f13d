#include "spark/console/command.hpp"

#include <kue/error.hpp>
#include <kue/json.hpp>
#include <kue/store_queue.hpp>
#include <kue/worker.hpp>

#include "spark/application/queue_choice.hpp"
#include "spark/application/settings.hpp"
#include "spark/application/store_url.hpp"
#include "spark/console/console.hpp"
#include "spark/console/job_store.hpp"
#include "spark/console/preflight.hpp"
#include "spark/console/printable.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>

namespace spark {
namespace {

void require_jobs_and_services(Application& app) {
  if (app.registry().kinds().empty()) {
    throw kue::Error(kue::ErrorKind::invalid,
                     "this program has no job class to run: app.jobs<...>() registers them; the program `spark` finds "
                     "yours by [application] binary in spark.toml");
  }
  std::vector<std::string> const missing = app.registry().missing(app);
  if (missing.empty()) return;
  std::string text;
  for (std::string const& sentence : missing) text += (text.empty() ? "" : "\n") + sentence;
  throw kue::Error(kue::ErrorKind::invalid, text + "\nset it with app[key] = app.share(...) before app.run()");
}

void choose_queues(kue::WorkerOptions& options, std::optional<std::string> const& flag,
                   std::vector<std::string> const& configured) {
  try {
    QueueChoice choice = parse_queue_choice(flag ? split_list(*flag) : configured);
    options.queues = std::move(choice.names);
    options.queue_weights = std::move(choice.weights);
  } catch (kue::Error const& error) {
    if (flag) throw WrongWords(fmt::format("--queues: {}", error.what()));
    throw kue::Error(kue::ErrorKind::invalid, fmt::format("worker.queues: {}", error.what()));
  }
}

// The worker itself says what it works on once its children stand; with -c 0 there is nobody else to say it.
void announce(Call& call, kue::WorkerOptions const& options, QueueReport const& report) {
  Config const& config = call.app.config();
  auto const classes = call.app.registry().kinds().size();
  call.app.log().info("{} queue:worker, {} job {}, {}",
                      config.application.name.empty() ? call.console.program() : config.application.name, classes,
                      classes == 1 ? "class" : "classes",
                      config.file.empty() ? "no spark.toml" : "configured by " + config.file);
  if (options.concurrency == 0) {
    call.app.log().info("jobs of {}", report.where.empty()
                                          ? "the program's own queue, set at " + call.app.where(queue.name)
                                          : report.where);
    if (!report.acknowledges)
      call.app.log().warn("this queue is at-most-once: a job whose process dies, or that fails, is lost");
  }
  if (!call.json) return;
  kue::Writer writer;
  writer.begin_object();
  write_number(writer, "pid", ::getpid());
  write_number(writer, "concurrency", options.concurrency);
  write_strings(writer, "queues", options.queues);
  if (!options.queue_weights.empty()) {
    writer.key("weights");
    writer.begin_array();
    for (int const weight : options.queue_weights) writer.integer(weight);
    writer.end_array();
  }
  write_text_or_null(writer, "store", report.where);
  write_flag(writer, "acknowledges", report.acknowledges);
  writer.end_object();
  call.out.line(printable_json(writer.take()));
  call.out.flush();
}

template <class W> int run_worker(Call& call, kue::WorkerOptions const& options) {
  W worker(call.app.registry(), options);
  for (auto const& setup : call.console.worker_setups()) setup(worker);
  Application& app = call.app;
  // Called after the fork, where the container builds its services again. The container stays the owner of both.
  return worker.run({.queue = [&app] { return std::shared_ptr<kue::Queue>(std::shared_ptr<void>(), &app.get(queue)); },
                     .services = [&app] { return std::shared_ptr<kue::Services>(std::shared_ptr<void>(), &app); }});
}

int run_here(Call& call, kue::WorkerOptions const& options) {
  kue::Queue& built = call.app.get(queue);
  kue::StoreQueue* const stored = store_queue_in(built);
  announce(call, options, {stored ? stored->store().description() : std::string(), built.capabilities().acknowledge});
  return run_worker<kue::SequentialWorker>(call, options);
}

int run(Call& call) {
  Config const defaults = call.app.config();
  kue::WorkerOptions options;
  options.concurrency = call.args.optional_number("--concurrency").value_or(defaults.worker.concurrency);
  options.stop_timeout = call.args.optional_duration("--stop-timeout").value_or(defaults.worker.stop_timeout);
  options.stop_when_empty = call.args.flag("--stop-when-empty");
  auto const pid_file = call.args.optional_text("--pid-file");
  choose_queues(options, call.args.optional_text("--queues"), defaults.worker.queues);
  options.pid_file =
      pid_file ? absolute_path(*pid_file, std::filesystem::current_path().string()) : defaults.worker.pid_file;
  call.console.refuse_store_with_own_queue();
  require_jobs_and_services(call.app);
  options.retention = defaults.retention;
  options.log = call.app.log();
  if (options.concurrency == 0) return run_here(call, options);

  refuse_open_sqlite(call.app);
  announce(call, options, try_queue(call.app));
  return run_worker<kue::PreforkingWorker>(call, options);
}

}  // namespace

Builtin queue_worker_command() {
  return {
      Command("queue:worker", "takes jobs from the queue and runs them")
          .option<int>("-c,--concurrency N", "jobs at once, each in a child process; 0: run jobs in this process; "
                                             "default: worker.concurrency of the configuration, or 1")
          .between(0, kue::limits::kMaxConcurrency)
          .option("--queues LIST",
                  "only these, in order of preference: mail,default; or drawn by weight: mail:3,default:1")
          .option<kue::Millis>("--stop-timeout TIME", "how long running jobs may continue after TERM; default: "
                                                      "worker.stop_timeout of the configuration, or 25s")
          .flag("--stop-when-empty", "end when no job is available or running")
          .option("--pid-file FILE", "written and locked while the worker runs")
          .details(
              "Signals: TERM and QUIT stop after the running jobs, at most --stop-timeout; what still runs is given "
              "back. INT does the same, a second INT stops now. TTIN and TTOU: one child more, one fewer.\nWithout -c "
              "there is one child, so that a job that crashes never ends the worker; the configuration may say another "
              "number. With -c 0 a job that crashes ends the program, and time-outs cannot kill.\nQueues without "
              "weights are served strictly: a later one only when all before it are empty. With weights the order is "
              "drawn again for each job, mail:3 before default:1 three times out of four, and no queue "
              "starves.\n\nExamples:\n  queue:worker -c 4\n  queue:worker -c 2 --queues mail,default --stop-timeout "
              "5m\n  queue:worker --queues mail:3,default:1\n  queue:worker --stop-when-empty\n"),
      run};
}

}  // namespace spark
