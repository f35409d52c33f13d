#include "spark/console/job_store.hpp"

#include <kue/error.hpp>

#include "spark/application/settings.hpp"
#include "spark/application/suggest.hpp"
#include "spark/console/listing.hpp"
#include "spark/console/printable.hpp"
#include "spark/console/records.hpp"
#include "spark/console/times.hpp"

#include <fmt/format.h>

namespace spark {
namespace {

std::vector<kue::State> parse_states(std::vector<std::string> const& texts) {
  std::vector<std::string> known;
  for (std::size_t i = 0; i < kue::kStateCount; ++i) known.emplace_back(kue::to_string(static_cast<kue::State>(i)));
  std::vector<kue::State> states;
  for (std::string const& text : texts) {
    for (std::string const& name : split_list(text)) {
      auto const state = kue::parse_state(name);
      if (!state) throw kue::Error(kue::ErrorKind::invalid, fmt::format("--state: no state '{}'{}", name, did_you_mean(name, known)));
      states.push_back(*state);
    }
  }
  return states;
}

// What matters next, or last: when a waiting job is due, since when one runs, when one ended.
std::string when(kue::JobRecord const& record, kue::TimePoint now) {
  if (kue::is_final(record.state)) return record.finished_at ? "ended " + relative_text(*record.finished_at, now) : "";
  if (record.state == kue::State::running) return record.attempted_at ? "started " + relative_text(*record.attempted_at, now) : "claimed";
  if (record.run_at > now) return "due " + relative_text(record.run_at, now);
  return "waits " + span_text(now - record.run_at);
}

std::string exact_when(kue::JobRecord const& record) {
  if (kue::is_final(record.state)) return record.finished_at ? iso_text(*record.finished_at) : "";
  if (record.state == kue::State::running) return record.attempted_at ? iso_text(*record.attempted_at) : "";
  return iso_text(record.run_at);
}

Row row_of(kue::JobRecord const& record, kue::TimePoint now) {
  kue::Envelope const& job = record.job;
  return {job.id.str(),
          {std::string(kue::to_string(record.state)), colour_of(record.state)},
          {shortened(job.kind, 32), printable(job.kind)},
          {shortened(job.queue, 24), printable(job.queue)},
          attempt_text(record.tally),
          {when(record, now), exact_when(record)},
          {shortened(job.args, 40), printable(job.args)}};
}

int run(Call& call) {
  Args& args = call.args;
  kue::QueryRequest request;
  request.filter.states = parse_states(args.options("--state STATE", "only these; several times, or with commas"));
  request.filter.queue = args.option("--queue NAME", "only this queue").value_or("");
  request.filter.kind = args.option("--kind KIND", "only this class of job").value_or("");
  request.filter.tag = args.option("--tag TAG", "only with this tag").value_or("");
  request.limit = args.option("--limit N", 50, "jobs to show at most, 1 to 1000");
  request.cursor = args.option("--cursor TEXT", "go on after the page that ended with this").value_or("");
  args.done();
  if (request.limit < 1 || request.limit > 1000) {
    throw kue::Error(kue::ErrorKind::invalid, fmt::format("--limit must be 1 to 1000, not {}", request.limit));
  }
  kue::Store& jobs = job_store(call);
  kue::QueryResult const page = jobs.query(request);
  auto const now = kue::Clock::system().now();
  Listing list(call, "jobs", {{"ID"}, {"STATE"}, {"KIND"}, {"QUEUE"}, {"ATTEMPT", Align::right}, {"WHEN"}, {"ARGS"}});
  for (kue::JobRecord const& record : page.jobs) {
    list.item([&] { return row_of(record, now); }, [&](kue::Writer& writer) { write_record(writer, record, false); });
  }
  list.more(page.cursor);
  list.end("no jobs");
  return kDone;
}

}  // namespace

Command job_list_command() {
  return {"job:list", "lists jobs, the newest first",
          "States: scheduled, blocked, available, running, retryable, completed, discarded, cancelled.\n\n"
          "Examples:\n  job:list --state discarded,retryable --queue mail\n  job:list --kind HelloWorldJob --limit 10 --json\n",
          run, true};
}

}  // namespace spark
