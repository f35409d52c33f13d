#include "spark/console/job_store.hpp"

#include <kue/error.hpp>

#include "spark/console/job_choice.hpp"
#include "spark/console/job_history.hpp"
#include "spark/console/listing.hpp"
#include "spark/console/printable.hpp"
#include "spark/console/records.hpp"
#include "spark/console/terminal.hpp"
#include "spark/console/times.hpp"

#include <fmt/format.h>

namespace spark {
namespace {

// What matters next, or last: when a waiting job is due, since when one runs, when one ended.
std::string when(kue::JobRecord const& record, kue::TimePoint now) {
  if (kue::is_final(record.state)) return record.finished_at ? "ended " + relative_text(*record.finished_at, now) : "";
  if (record.state == kue::State::running)
    return began_at(record) ? "started " + relative_text(*began_at(record), now) : "";
  if (record.run_at > now) return "due " + relative_text(record.run_at, now);
  return "waits " + span_text(now - record.run_at);
}

std::string exact_when(kue::JobRecord const& record) {
  if (kue::is_final(record.state)) return record.finished_at ? iso_text(*record.finished_at) : "";
  if (record.state == kue::State::running) return began_at(record) ? iso_text(*began_at(record)) : "";
  return iso_text(record.run_at);
}

Row row_of(kue::JobRecord const& record, kue::TimePoint now) {
  kue::Envelope const& job = record.job;
  return {job.id.str(),
          {std::string(kue::to_string(record.state)), colour_of(record.state)},
          {shortened(job.kind, 32), printable(job.kind)},
          {shortened(job.queue, 24), printable(job.queue)},
          attempt_text(record),
          {when(record, now), exact_when(record)},
          {shortened(job.args, 40), printable(job.args)}};
}

int run(Call& call) {
  JobChoice const choice(call.args);
  kue::QueryRequest request{.filter = choice.filter};
  request.cursor = call.args.optional_text("--cursor").value_or("");
  bool const all = call.args.flag("--all");
  if (all && call.args.given("--limit")) throw WrongWords("--all and --limit exclude one another");
  request.newest_first = !call.args.flag("--oldest-first");
  request.limit = all ? 200 : call.args.number("--limit");  // a page of arguments is in memory at once
  kue::Store& jobs = job_store(call);
  Listing list(call, "jobs",
               {{.name = "ID", .whole = true},
                {.name = "STATE", .whole = true},
                {"KIND"},
                {"QUEUE"},
                {"ATTEMPT", Align::right, "TRY"},
                {"WHEN"},
                {.name = "ARGS", .extra = true}});
  std::int64_t shown = 0;
  kue::QueryResult page;
  do {
    page = jobs.query(request);
    auto const now = kue::Clock::system().now();
    for (kue::JobRecord const& record : page.jobs) {
      list.item([&] { return row_of(record, now); }, [&](kue::Writer& writer) { write_record(writer, record, false); });
    }
    shown += static_cast<std::int64_t>(page.jobs.size());
    request.cursor = page.cursor;
    // Rows that are whole by themselves go out page by page: a million of them need no memory.
    if (all && (call.style.form == Form::jsonl || call.style.form == Form::plain)) call.out.flush();
  } while (all && !page.cursor.empty());
  list.more(page.cursor);
  list.end("no jobs");
  if (std::string const slip = shown == 0 ? choice.slip(call, jobs) : ""; !slip.empty() && !call.style.json())
    write_error(printable(slip) + "\n");
  return kDone;
}

}  // namespace

Builtin job_list_command() {
  return {
      with_job_choice(Command("job:list", "lists jobs, the newest first")
                          .option("--limit N", 50, "jobs to show at most")
                          .between(1, 1000)
                          .option("--cursor TEXT", "go on after the page that ended with this")
                          .flag("--all", "not one page but all, however many")
                          .flag("--oldest-first", "in the order in which they were pushed"))
          .details("States: scheduled, blocked, available, running, retryable, completed, discarded, "
                   "cancelled.\n\nPages: --limit and --cursor; --all for every job, in a pipe or with --jsonl however "
                   "many.\n\nExamples:\n  job:list --state discarded,retryable --queue mail\n  job:list --kind "
                   "HelloWorldJob --error refused --after 2h --json\n  job:list --state completed --all --jsonl\n"),
      run, CommandKind::lists};
}

}  // namespace spark
