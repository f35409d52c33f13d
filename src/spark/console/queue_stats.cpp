#include "spark/console/job_store.hpp"

#include <kue/json.hpp>

#include "spark/console/console.hpp"
#include "spark/console/idle_jobs.hpp"
#include "spark/console/listing.hpp"
#include "spark/console/printable.hpp"

#include <fmt/format.h>

#include <array>

namespace spark {
namespace {

constexpr std::array kStates{kue::State::available, kue::State::running,   kue::State::scheduled, kue::State::retryable,
                             kue::State::blocked,   kue::State::completed, kue::State::discarded, kue::State::cancelled};
static_assert(kStates.size() == kue::kStateCount);

void write_counts(kue::Writer& writer, kue::QueueCounts const& counts) {
  writer.begin_object();
  writer.key("queue");
  writer.string(as_utf8(counts.queue));
  writer.key("paused");
  writer.boolean(counts.paused);
  for (kue::State const state : kStates) {
    writer.key(kue::to_string(state));
    writer.integer(counts.of(state));
  }
  writer.end_object();
}

// The name is followed by (paused) for people only.
Row row_of(kue::QueueCounts const& counts) {
  std::string const name = printable(counts.queue);
  Row row{{name + (counts.paused ? " (paused)" : ""), name, counts.paused ? Colour::yellow : Colour::none}};
  for (kue::State const state : kStates) {
    auto const number = counts.of(state);
    row.emplace_back(std::to_string(number), number > 0 ? colour_of(state) : Colour::dim);
  }
  return row;
}

int run(Call& call) {
  call.args.done();
  kue::Store& jobs = job_store(call);
  Listing list(call, "queues", {{"QUEUE"}, {"AVAILABLE", Align::right}, {"RUNNING", Align::right}, {"SCHEDULED", Align::right},
                                {"RETRYABLE", Align::right}, {"BLOCKED", Align::right}, {"COMPLETED", Align::right},
                                {"DISCARDED", Align::right}, {"CANCELLED", Align::right}});
  auto const all = jobs.counts();
  for (kue::QueueCounts const& counts : all) {
    list.item([&] { return row_of(counts); }, [&](kue::Writer& writer) { write_counts(writer, counts); });
  }
  list.member("store", jobs.description());
  list.note("\nin " + printable(jobs.description()));
  if (auto const idle = idle_jobs(jobs, all, call.console.program()); !idle.empty()) list.note(idle);
  list.end("no jobs");
  return kDone;
}

}  // namespace

Command queue_stats_command() {
  return {"queue:stats", "counts the jobs of each queue by state", "Examples:\n  queue:stats\n  queue:stats --json | jq '.queues[].available'\n", run, true};
}

}  // namespace spark
