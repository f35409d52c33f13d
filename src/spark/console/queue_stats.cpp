#include "spark/console/job_store.hpp"

#include <kue/json.hpp>

#include "spark/console/printable.hpp"
#include "spark/console/table.hpp"

#include <fmt/format.h>

#include <array>

namespace spark {
namespace {

constexpr std::array kStates{kue::State::available, kue::State::running,   kue::State::scheduled, kue::State::retryable,
                             kue::State::blocked,   kue::State::completed, kue::State::discarded, kue::State::cancelled};
static_assert(kStates.size() == kue::kStateCount);

std::string as_json(std::vector<kue::QueueCounts> const& counts, std::string const& where) {
  kue::Writer writer;
  writer.begin_object();
  writer.key("store");
  writer.string(as_utf8(where));
  writer.key("queues");
  writer.begin_array();
  for (kue::QueueCounts const& queue_counts : counts) {
    writer.begin_object();
    writer.key("queue");
    writer.string(as_utf8(queue_counts.queue));
    writer.key("paused");
    writer.boolean(queue_counts.paused);
    for (kue::State const state : kStates) {
      writer.key(kue::to_string(state));
      writer.integer(queue_counts.of(state));
    }
    writer.end_object();
  }
  writer.end_array();
  writer.end_object();
  return printable_json(writer.take());
}

std::string as_table(std::vector<kue::QueueCounts> const& counts) {
  Table table({"QUEUE", "AVAILABLE", "RUNNING", "SCHEDULED", "RETRYABLE", "BLOCKED", "COMPLETED", "DISCARDED", "CANCELLED"},
              {Align::left, Align::right, Align::right, Align::right, Align::right, Align::right, Align::right, Align::right, Align::right});
  for (kue::QueueCounts const& queue_counts : counts) {
    std::vector<std::string> row{printable(queue_counts.queue) + (queue_counts.paused ? " (paused)" : "")};
    for (kue::State const state : kStates) row.push_back(std::to_string(queue_counts.of(state)));
    table.row(std::move(row));
  }
  return table.text();
}

int run(Call& call) {
  call.args.done();
  kue::Store& jobs = job_store(call);
  auto const counts = jobs.counts();
  if (call.json) {
    call.out.line(as_json(counts, jobs.description()));
  } else {
    call.out.text(counts.empty() ? "no jobs\n" : as_table(counts));
    call.out.line(fmt::format("\nin {}", printable(jobs.description())));
  }
  return kDone;
}

}  // namespace

Command queue_stats_command() {
  return {"queue:stats", "counts the jobs of each queue by state", "Examples:\n  queue:stats\n  queue:stats --json | jq '.queues[].available'\n", run};
}

}  // namespace spark
