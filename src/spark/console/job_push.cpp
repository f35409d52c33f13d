#include "spark/console/command.hpp"

#include <kue/error.hpp>
#include <kue/job.hpp>
#include <kue/store_queue.hpp>

#include "kue/core/json_document.hpp"
#include "spark/console/console.hpp"
#include "spark/console/job_follower.hpp"
#include "spark/console/job_store.hpp"
#include "spark/console/moment.hpp"
#include "spark/console/printable.hpp"
#include "spark/console/terminal.hpp"
#include "spark/console/times.hpp"

#include "kue/worker/node/node_lock.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace spark {
namespace {

kue::JobType const& known_type(kue::Registry const& registry, std::string const& kind) {
  if (auto const* const type = registry.find(kind)) return *type;
  std::string text = fmt::format("no job class '{}' in this program", kind);
  if (auto const near = registry.suggest(kind)) text += fmt::format(", did you mean {}?", *near);
  std::string known;
  for (std::string const& name : registry.kinds()) known += (known.empty() ? "" : ", ") + name;
  text += known.empty() ? "\nnone is registered: app.jobs<...>() does it" : "\nregistered are: " + known;
  throw kue::Error(kue::ErrorKind::not_found, text);
}

kue::PushOptions push_options(Args const& args) {
  kue::PushOptions options;
  options.queue = args.optional_text("--queue");
  options.delay = args.optional_duration("--in");
  if (auto const at = args.optional_text("--at")) options.run_at = moment_of("--at", *at);
  if (options.delay && options.run_at) throw WrongWords("--in and --at exclude one another");
  options.priority = args.optional_number("--priority");
  if (auto const attempts = args.optional_number("--max-attempts"))
    options.max_attempts = static_cast<std::uint32_t>(*attempts);
  options.timeout = args.optional_duration("--timeout");
  options.tags = args.texts("--tag");
  return options;
}

// The class has said that it can read these arguments: they are JSON.
kue::Envelope make_envelope(kue::JobType const& type, std::string const& args, kue::PushOptions const& options) {
  kue::JsonDocument document(args);
  kue::Writer writer;
  writer.raw(document.compact(document.root()));
  return kue::detail::draft(type.kind, type.options, options, writer);
}

std::string as_json(kue::Envelope const& job, std::string const& where) {
  kue::Writer writer;
  writer.begin_object();
  write_text_or_null(writer, "id", job.id.str());
  write_text_or_null(writer, "kind", job.kind);
  write_text_or_null(writer, "queue", job.queue);
  write_text_or_null(writer, "store", where);
  write_text_or_null(writer, "run_at", job.run_at ? iso_text(*job.run_at) : "");
  writer.end_object();
  return printable_json(writer.take());
}

// A queue that keeps its jobs for itself cannot be asked what became of one.
kue::Store& followed(Call& call, kue::StoreQueue* stored) {
  if (stored != nullptr) return stored->store();
  throw kue::Error(
      kue::ErrorKind::refused,
      fmt::format(
          "--wait needs a store to look into, and this program keeps its jobs in a queue of its own (set at {}); "
          "nothing was pushed",
          call.app.where(queue.name)));
}

int follow(Call& call, kue::Store& jobs, kue::JobId id, kue::Millis patience) {
  call.out.flush();
  JobFollower::Rules rules;
  if (patience > kue::Millis(0)) rules.patience = patience;
  if (!call.style.json() && !kue::worker::any_worker_lives(jobs))
    write_error(fmt::format("no worker is at work here; start one with {} queue:worker\n", call.console.program()));
  return JobFollower(call, jobs, rules).follow(id);
}

int run(Call& call) {
  kue::PushOptions const options = push_options(call.args);
  bool const wait = call.args.flag("--wait");
  kue::Millis const patience = call.args.duration("--wait-timeout");
  std::string const arguments = call.args.text("--args");
  if (!wait && patience > kue::Millis(0)) throw WrongWords("--wait-timeout is for --wait");
  call.console.refuse_store_with_own_queue();

  kue::JobType const& type = known_type(call.app.registry(), call.args.text("KIND"));
  type.check(arguments);
  kue::Envelope const job = make_envelope(type, arguments, options);
  kue::Queue& jobs = call.app.get(queue);
  auto* const stored = store_queue_in(jobs);
  if (wait) (void)followed(call, stored);
  jobs.push_checked(job);
  jobs.flush();
  if (wait && call.style.json()) return follow(call, stored->store(), job.id, patience);

  std::string const where = stored ? stored->store().description() : std::string();
  if (call.style.json()) {
    call.out.line(as_json(job, where));
  } else {
    std::string const due = job.run_at ? fmt::format(", due {} ({})", utc_text(*job.run_at),
                                                     relative_text(*job.run_at, kue::Clock::system().now()))
                                       : "";
    call.out.line(fmt::format("pushed {} as {} to queue {}{}{}", printable(job.kind), job.id.str(),
                              printable(job.queue), where.empty() ? "" : " of " + printable(where), due));
  }
  return wait ? follow(call, stored->store(), job.id, patience) : static_cast<int>(kDone);
}

}  // namespace

Builtin job_push_command() {
  return {Command("job:push", "pushes a job of a class that this program knows")
              .argument("KIND", "the job's class")
              .option("--args JSON", "{}", "the job's fields, by name")
              .option("--queue NAME", "instead of the class's own")
              .option<kue::Millis>("--delay,--in TIME", "run it after this long: 500ms, 25s, 5m, 2h, 1d")
              .option("--at TIME", "run it at this time: 2026-12-01T10:00:00Z, 2026-12-01T11:00+01:00")
              .option<int>("--priority N", "lower first; 0 is usual")
              .between(kue::limits::kMinPriority, kue::limits::kMaxPriority)
              .option<int>("--max-attempts N", "runs at most, the first included")
              .between(1, static_cast<int>(kue::limits::kMaxMaxAttempts))
              .option<kue::Millis>("--timeout TIME", "of one run")
              .options("--tag TAG", "to find it by; several times")
              .flag("--wait", "until the job has ended: shows its progress, then its result or error")
              .option("--wait-timeout TIME", kue::Millis(0), "give up waiting after this long; 0s: never")
              .details("The class itself reads the arguments, so that a wrong one is refused here and not in the "
                       "worker. Exit code 3 if the program has no such class, 2 if the arguments are not what it "
                       "takes. With --wait 0 if the job is completed, 1 if it ended otherwise or the time is over, 130 "
                       "after Ctrl-C; the job goes on in any case.\n\nExamples:\n  job:push HelloWorldJob --args "
                       "'{\"name\":\"John Doe\"}'\n  job:push SendInvoice --args '{\"order\":7}' --in 5m --priority -3 "
                       "--tag monthly\n  job:push SendInvoice --args '{\"order\":7}' --wait --wait-timeout 1m\n"),
          run, CommandKind::lists};
}

}  // namespace spark
