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

#include <charconv>

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

int parse_limit(std::optional<std::string> const& text, bool all) {
  if (!text) return all ? 200 : 50;  // a page of arguments is in memory at once
  if (all) throw kue::Error(kue::ErrorKind::invalid, "--all and --limit exclude one another");
  int limit = 0;
  auto const [end, error] = std::from_chars(text->data(), text->data() + text->size(), limit);
  bool const number = error == std::errc() && end == text->data() + text->size();
  if (number && limit >= 1 && limit <= 1000) return limit;
  if (!number)
    throw kue::Error(kue::ErrorKind::invalid, fmt::format("--limit must be a whole number, not '{}'", *text));
  throw kue::Error(kue::ErrorKind::invalid, fmt::format("--limit must be 1 to 1000, not {}", *text));
}

int run(Call& call) {
  JobChoice const choice(call.args);
  kue::QueryRequest request{.filter = choice.filter};
  auto const limit = call.args.option("--limit N", "jobs to show at most, 1 to 1000; default 50");
  request.cursor = call.args.option("--cursor TEXT", "go on after the page that ended with this").value_or("");
  bool const all = call.args.flag("--all", "not one page but all, however many");
  request.newest_first = !call.args.flag("--oldest-first", "in the order in which they were pushed");
  call.args.done();
  request.limit = parse_limit(limit, all);
  kue::Store& jobs = job_store(call);
  Listing list(call, "jobs", {{"ID"}, {"STATE"}, {"KIND"}, {"QUEUE"}, {"ATTEMPT", Align::right}, {"WHEN"}, {"ARGS"}});
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

Command job_list_command() {
  return {"job:list", "lists jobs, the newest first",
          "States: scheduled, blocked, available, running, retryable, completed, discarded, cancelled.\n\n"
          "Pages: --limit and --cursor; --all for every job, in a pipe or with --jsonl however many.\n\n"
          "Examples:\n  job:list --state discarded,retryable --queue mail\n  job:list --kind HelloWorldJob --error "
          "refused --after 2h --json\n  job:list "
          "--state completed --all --jsonl\n",
          run, true};
}

}  // namespace spark
