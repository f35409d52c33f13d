#include "spark/console/job_store.hpp"

#include <kue/error.hpp>

#include "spark/application/duration.hpp"
#include "spark/console/printable.hpp"
#include "spark/console/records.hpp"
#include "spark/console/times.hpp"

#include <fmt/format.h>

namespace spark {
namespace {

class Sheet {
 public:
  void row(std::string_view name, std::string_view value) { text_ += fmt::format("{:<14}{}\n", name, value); }
  void time(std::string_view name, std::optional<kue::TimePoint> value) {
    if (value) row(name, fmt::format("{} ({})", utc_text(*value), relative_text(*value, now_)));
  }
  void line(std::string_view whole) { (text_ += whole) += '\n'; }
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

void add_failure(Sheet& sheet, kue::Attempt const& attempt) {
  kue::Failure const failure = kue::whole_failure(attempt);
  sheet.line(fmt::format("  run {} (attempt {}): {}, {} after {}, pid {}", attempt.claim_no, attempt.attempt,
                         kue::to_string(attempt.reason), utc_text(attempt.ended_at),
                         span_text(attempt.ended_at - attempt.started_at), attempt.pid));
  std::string what = printable(failure.type);
  if (!failure.message.empty()) what += (what.empty() ? "" : ": ") + printable(failure.message);
  if (failure.signal != 0 && failure.message.find(fmt::format("signal {}", failure.signal)) == std::string::npos)
    what += fmt::format(" (signal {})", failure.signal);
  if (!what.empty()) sheet.line("    " + what);
  std::string_view trace = failure.backtrace;
  while (!trace.empty()) {
    auto const end = std::min(trace.find('\n'), trace.size());
    sheet.line("      " + printable(trace.substr(0, end)));
    trace.remove_prefix(std::min(end + 1, trace.size()));
  }
}

std::string as_text(kue::JobRecord const& record) {
  kue::Envelope const& job = record.job;
  Sheet sheet;
  sheet.row("id", job.id.str());
  sheet.row("kind", printable(job.kind));
  sheet.row("queue", printable(job.queue));
  sheet.row("state", kue::to_string(record.state));
  sheet.row("attempts", fmt::format("{} of {}", record.tally.attempt, record.tally.max_attempts));
  if (record.tally.crashes > 0) sheet.row("crashes", std::to_string(record.tally.crashes));
  if (record.tally.interruptions > 0) sheet.row("interruptions", std::to_string(record.tally.interruptions));
  if (record.tally.node_losses > 0) sheet.row("node losses", std::to_string(record.tally.node_losses));
  if (job.priority != 0) sheet.row("priority", std::to_string(job.priority));
  if (job.timeout.count() > 0) sheet.row("timeout", duration_text(job.timeout));
  if (!job.tags.empty()) sheet.row("tags", joined(job.tags));
  sheet.time("pushed", record.inserted_at);
  if (!kue::is_final(record.state)) sheet.time("due", record.run_at);
  sheet.time("started", record.attempted_at);
  sheet.time("ended", record.finished_at);
  sheet.time("to be stopped", record.cancel_asked_at);
  if (record.progress)
    sheet.row("progress", fmt::format("{} % {}", record.progress->percent, printable(record.progress->note)));
  sheet.row("args", printable(job.args));
  for (auto const& [key, value] : job.meta) sheet.row("meta", fmt::format("{} = {}", printable(key), printable(value)));
  if (!record.result.empty()) sheet.row("result", printable(record.result));
  if (!record.errors.empty()) sheet.line("errors");
  for (kue::Attempt const& attempt : record.errors) add_failure(sheet, attempt);
  return sheet.take();
}

int run(Call& call) {
  std::string const text = call.args.argument("ID", "the job's id, as job:list shows it");
  call.args.done();
  kue::JobId const id = parse_ids({text}).front();
  auto const record = job_store(call).get(id);
  if (!record)
    throw kue::Error(kue::ErrorKind::not_found,
                     fmt::format("no job {} here; finished jobs are removed after some time", id.str()));
  if (!call.json) {
    call.out.text(as_text(*record));
    return kDone;
  }
  kue::Writer writer;
  writer.begin_object();
  writer.key("job");
  write_record(writer, *record, true);
  writer.end_object();
  call.out.line(printable_json(writer.take()));
  return kDone;
}

}  // namespace

Command job_show_command() {
  return {"job:show", "shows one job with every attempt's error",
          "Example:\n  job:show 0193c2a0-1b2c-7def-8a90-b1c2d3e4f506\n", run};
}

}  // namespace spark
