#include "spark/console/records.hpp"

#include "kue/core/json_document.hpp"
#include "spark/console/job_history.hpp"
#include "spark/console/printable.hpp"
#include "spark/console/times.hpp"

#include <fmt/format.h>

namespace spark {
namespace {

void text(kue::Writer& writer, std::string_view key, std::string_view value) {
  writer.key(key);
  writer.string(as_utf8(value));
}

void number(kue::Writer& writer, std::string_view key, std::int64_t value) {
  writer.key(key);
  writer.integer(value);
}

void time(kue::Writer& writer, std::string_view key, std::optional<kue::TimePoint> value) {
  writer.key(key);
  if (value)
    writer.string(iso_text(*value));
  else
    writer.null();
}

void write_attempt(kue::Writer& writer, kue::Attempt const& attempt, std::uint32_t run) {
  kue::Failure const failure = kue::whole_failure(attempt);
  writer.begin_object();
  number(writer, "run", run);
  number(writer, "attempt", attempt.attempt);
  number(writer, "claim_no", attempt.claim_no);
  text(writer, "reason", kue::to_string(attempt.reason));
  text(writer, "type", failure.type);
  text(writer, "message", failure.message);
  text(writer, "backtrace", failure.backtrace);
  number(writer, "signal", failure.signal);
  time(writer, "started_at", attempt.started_at);
  time(writer, "ended_at", attempt.ended_at);
  text(writer, "node", fmt::format("{:016x}", attempt.node));
  number(writer, "pid", attempt.pid);
  writer.end_object();
}

void write_job(kue::Writer& writer, kue::JobRecord const& record) {
  kue::Envelope const& job = record.job;
  text(writer, "id", job.id.str());
  text(writer, "kind", job.kind);
  text(writer, "queue", job.queue);
  text(writer, "state", kue::to_string(record.state));
  number(writer, "priority", job.priority);
  writer.key("args");
  write_json_or_text(writer, job.args);
  number(writer, "schema", job.schema);
  number(writer, "timeout_ms", job.timeout.count());
  write_strings(writer, "tags", job.tags);
  writer.key("meta");
  writer.begin_object();
  for (auto const& [key, value] : job.meta) text(writer, as_utf8(key), value);
  writer.end_object();
}

}  // namespace

void write_json_or_text(kue::Writer& writer, std::string_view stored) {
  kue::JsonDocument document(stored);
  if (document.parsed() && document.problems().empty())
    writer.raw(document.compact(document.root()));
  else
    writer.string(as_utf8(stored));
}

void write_record(kue::Writer& writer, kue::JobRecord const& record, bool with_errors) {
  writer.begin_object();
  write_job(writer, record);
  number(writer, "seq", record.seq);
  time(writer, "inserted_at", record.inserted_at);
  time(writer, "run_at", record.run_at);
  time(writer, "attempted_at", began_at(record));
  time(writer, "finished_at", record.finished_at);
  time(writer, "cancel_asked_at", record.cancel_asked_at);
  number(writer, "attempt", kue::attempt_number(record));
  number(writer, "max_attempts", record.tally.max_attempts);
  number(writer, "crashes", record.tally.crashes);
  number(writer, "node_losses", record.tally.node_losses);
  number(writer, "interruptions", record.tally.interruptions);
  number(writer, "claim_no", record.claim_no);
  writer.key("result");
  if (record.result.empty())
    writer.null();
  else
    write_json_or_text(writer, record.result);
  writer.key("progress");
  if (record.progress) {
    writer.begin_object();
    number(writer, "percent", record.progress->percent);
    text(writer, "note", record.progress->note);
    writer.end_object();
  } else {
    writer.null();
  }
  if (with_errors) {
    writer.key("errors");
    writer.begin_array();
    for (std::size_t i = 0; i < record.errors.size(); ++i)
      write_attempt(writer, record.errors[i], run_number(record, i));
    writer.end_array();
  }
  writer.end_object();
}

std::string attempt_text(kue::JobRecord const& record) {
  return fmt::format("{}/{}", kue::attempt_number(record), record.tally.max_attempts);
}

}  // namespace spark
