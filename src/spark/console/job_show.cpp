#include "spark/console/job_store.hpp"

#include <kue/error.hpp>

#include "spark/application/duration.hpp"
#include "spark/console/job_history.hpp"
#include "spark/console/job_ids.hpp"
#include "spark/console/obstacles.hpp"
#include "spark/console/printable.hpp"
#include "spark/console/records.hpp"
#include "spark/console/times.hpp"

#include "kue/worker/node/node_lock.hpp"

#include <fmt/format.h>

namespace spark {
namespace {

class Sheet {
 public:
  void row(std::string_view name, std::string_view value) { text_ += fmt::format("{:<14}{}\n", name, value); }
  void time(std::string_view name, std::optional<kue::TimePoint> value) {
    if (value) row(name, fmt::format("{} ({})", utc_text(*value), relative_text(*value, now_)));
  }
  void text(std::string_view lines) { text_ += lines; }
  std::string take() { return std::move(text_); }

 private:
  kue::TimePoint const now_ = kue::Clock::system().now();
  std::string text_;
};

std::string joined(std::vector<std::string> const& items) {
  std::string text;
  for (std::string const& item : items) text += (text.empty() ? "" : ", ") + printable(item);
  return text;
}

// The worker that has a running job, as far as the store still knows it.
struct Place {
  kue::NodeInfo node = {};
  bool alive = false;
};

Place place_of(kue::Store& jobs, kue::JobRecord const& record) {
  for (kue::NodeInfo const& node : jobs.nodes()) {
    if (node.node == record.node) return {node, kue::worker::is_alive(node, jobs.capabilities().one_host)};
  }
  return {.node = {.node = record.node}};
}

std::string place_text(Place const& place) {
  auto const& [node, alive] = place;
  std::string const host = node.name.empty() ? "" : fmt::format("{}, pid {}, ", printable(node.name), node.pid);
  return fmt::format("{}node {:016x}{}", host, node.node,
                     alive ? "" : ", which has died: another worker gives it back");
}

std::string as_text(kue::Store& jobs, kue::JobRecord const& record) {
  auto const now = kue::Clock::system().now();
  kue::Envelope const& job = record.job;
  Sheet sheet;
  sheet.row("id", job.id.str());
  sheet.row("kind", printable(job.kind));
  sheet.row("queue", printable(job.queue));
  sheet.row("state", kue::to_string(record.state));
  for (Obstacle const& obstacle : obstacles(jobs, record, now)) sheet.row("waits for", obstacle.text);
  sheet.row("attempts", fmt::format("{} of {}", kue::attempt_number(record), record.tally.max_attempts));
  if (record.tally.crashes > 0) sheet.row("crashes", std::to_string(record.tally.crashes));
  if (record.tally.interruptions > 0) sheet.row("interruptions", std::to_string(record.tally.interruptions));
  if (record.tally.node_losses > 0) sheet.row("node losses", std::to_string(record.tally.node_losses));
  if (job.priority != 0) sheet.row("priority", std::to_string(job.priority));
  if (job.timeout.count() > 0) sheet.row("timeout", duration_text(job.timeout));
  if (!job.tags.empty()) sheet.row("tags", joined(job.tags));
  sheet.time("pushed", record.inserted_at);
  if (!kue::is_final(record.state)) sheet.time("due", record.run_at);
  sheet.time("started", began_at(record));
  if (record.state == kue::State::running) sheet.row("worker", place_text(place_of(jobs, record)));
  sheet.time("ended", record.finished_at);
  sheet.time("to be stopped", record.cancel_asked_at);
  if (record.progress)
    sheet.row("progress", fmt::format("{} % {}", record.progress->percent, printable(record.progress->note)));
  sheet.row("args", printable(job.args));
  for (auto const& [key, value] : job.meta) sheet.row("meta", fmt::format("{} = {}", printable(key), printable(value)));
  if (!record.result.empty()) sheet.row("result", printable(record.result));
  if (std::string const runs = history_text(record, now); !runs.empty()) sheet.text("runs\n" + runs);
  return sheet.take();
}

void write_place(kue::Writer& writer, Place const& place) {
  auto const& [node, alive] = place;
  writer.begin_object();
  write_text(writer, "node", fmt::format("{:016x}", node.node));
  write_text(writer, "host", node.name);
  write_number(writer, "pid", node.pid);
  write_flag(writer, "alive", alive);
  writer.end_object();
}

void write_obstacle(kue::Writer& writer, Obstacle const& obstacle) {
  writer.begin_object();
  write_text(writer, "reason", obstacle.reason);
  write_text(writer, "text", obstacle.text);
  writer.end_object();
}

std::string as_document(kue::Store& jobs, kue::JobRecord const& record) {
  kue::Writer writer;
  writer.begin_object();
  writer.key("job");
  write_record(writer, record, true);
  writer.key("worker");
  if (record.state == kue::State::running)
    write_place(writer, place_of(jobs, record));
  else
    writer.null();
  writer.key("waits_for");
  writer.begin_array();
  for (Obstacle const& obstacle : obstacles(jobs, record, kue::Clock::system().now())) write_obstacle(writer, obstacle);
  writer.end_array();
  writer.end_object();
  return printable_json(writer.take());
}

int run(Call& call) {
  kue::JobId const id = job_ids(call, {call.args.text("ID")}).front();
  kue::Store& jobs = job_store(call);
  auto const record = jobs.get(id);
  if (!record)
    throw kue::Error(kue::ErrorKind::not_found,
                     fmt::format("no job {} here; finished jobs are removed after some time", id.str()));
  if (!call.json) {
    call.out.text(as_text(jobs, *record));
    return kDone;
  }
  call.out.line(as_document(jobs, *record));
  return kDone;
}

}  // namespace

Builtin job_show_command() {
  return {Command("job:show", "shows one job with every attempt's error")
              .argument("ID", "the job's id, or its end: 6 characters at least")
              .details("Example:\n  job:show 0193c2a0-1b2c-7def-8a90-b1c2d3e4f506\n"),
          run};
}

}  // namespace spark
