#include "spark/console/job_follower.hpp"

#include <kue/error.hpp>
#include <kue/json.hpp>

#include "spark/console/console.hpp"
#include "spark/console/interrupt.hpp"
#include "spark/console/job_history.hpp"
#include "spark/console/printable.hpp"
#include "spark/console/records.hpp"
#include "spark/console/screen.hpp"
#include "spark/console/terminal.hpp"
#include "spark/console/times.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

namespace spark {
namespace {

constexpr int kBar = 30;

// What a person waits for; a change of it is worth a line.
std::string what_counts(kue::JobRecord const& record) {
  std::string const progress =
      record.progress ? fmt::format("{}\t{}", record.progress->percent, printable(record.progress->note)) : "\t";
  return fmt::format("{}\t{}\t{}{}", kue::to_string(record.state), attempt_text(record), progress,
                     record.cancel_asked_at ? "\tasked to stop" : "");
}

std::string last_failure(kue::JobRecord const& record) {
  if (record.errors.empty()) return {};
  kue::Failure const failure = kue::whole_failure(record.errors.back());
  return printable(failure.message.empty() ? failure.type : failure.message);
}

std::string when(kue::JobRecord const& record, kue::TimePoint now) {
  if (auto const began = began_at(record); began && record.state == kue::State::running)
    return ", since " + span_text(std::max(now - *began, kue::Millis(0)));
  if (kue::is_waiting(record.state) && record.run_at > now) return ", due " + relative_text(record.run_at, now);
  if (kue::is_waiting(record.state)) return ", waits " + span_text(now - record.run_at);
  return {};
}

std::string which_attempt(kue::JobRecord const& record) {
  std::uint32_t const number = kue::attempt_number(record);
  return number == 0 ? "" : fmt::format(", attempt {} of {}", number, record.tally.max_attempts);
}

std::string bar(int percent) {
  auto const filled = static_cast<std::size_t>(percent * kBar / 100);
  return "[" + std::string(filled, '#') + std::string(static_cast<std::size_t>(kBar) - filled, '.') + "]";
}

std::string as_picture(Style const& style, kue::JobRecord const& record, kue::TimePoint now) {
  std::string text = fmt::format("{} {}\n{}{}{}{}\n", printable(record.job.kind), record.job.id.str(),
                                 style.paint(kue::to_string(record.state), colour_of(record.state)), when(record, now),
                                 which_attempt(record), record.cancel_asked_at ? ", asked to stop" : "");
  if (record.progress)
    text += fmt::format("{} {:>3} %  {}\n", bar(record.progress->percent), record.progress->percent,
                        printable(record.progress->note));
  if (std::string const failure = last_failure(record); !failure.empty())
    text += style.paint("last failure: " + failure, Colour::red) + "\n";
  return text;
}

std::string as_document(kue::JobRecord const& record, bool ended) {
  kue::Writer writer;
  writer.begin_object();
  writer.key("job");
  write_record(writer, record, true);
  writer.key("ended");
  writer.boolean(ended);
  writer.end_object();
  return printable_json(writer.take());
}

std::string as_line(kue::JobRecord const& record) {
  kue::Writer writer;
  write_record(writer, record, true);
  return printable_json(writer.take());
}

}  // namespace

int JobFollower::follow(kue::JobId id) {
  bool const in_place = call_.style.form == Form::table && is_terminal(STDOUT_FILENO);
  Interrupt interrupt;
  Screen screen(call_.out);
  auto const began = kue::Clock::system().steady_now();
  std::string shown;
  while (true) {
    kue::JobRecord const record = look(id);
    auto const now = kue::Clock::system().now();
    if (in_place) screen.draw(as_picture(call_.style, record, now));
    if (std::string counts = what_counts(record); counts != shown) {
      shown = std::move(counts);
      if (call_.style.form == Form::jsonl)
        call_.out.line(as_line(record));
      else if (!in_place && !call_.style.json())
        call_.out.line(iso_text(now) + "\t" + shown);
      if (call_.style.form != Form::json) call_.out.flush();
    }
    if (kue::is_final(record.state)) return tell_end(record);
    kue::Millis wait = rules_.interval;
    if (rules_.patience) wait = std::min(wait, began + *rules_.patience - kue::Clock::system().steady_now());
    if (wait <= kue::Millis(0)) return tell_unfinished(record, 0);
    if (interrupt.within(wait)) return tell_unfinished(record, interrupt.signal());
  }
}

kue::JobRecord JobFollower::look(kue::JobId id) {
  if (auto record = store_.get(id)) return *record;
  throw kue::Error(kue::ErrorKind::not_found,
                   fmt::format("no job {} here; finished jobs are removed after some time", id.str()));
}

int JobFollower::tell_end(kue::JobRecord const& record) {
  bool const completed = record.state == kue::State::completed;
  if (call_.json) call_.out.line(as_document(record, true));
  if (call_.style.json()) return completed ? kDone : kFailed;
  if (completed && !record.result.empty())
    call_.out.line((call_.style.form == Form::table ? "result: " : "") + printable(record.result));
  if (completed) return kDone;
  std::string const failure = last_failure(record);
  write_error(fmt::format("{} is {}{}\nhint: {} job:show {} tells every attempt\n", printable(record.job.kind),
                          kue::to_string(record.state), failure.empty() ? "" : ": " + failure, call_.console.program(),
                          record.job.id.str()));
  return kFailed;
}

int JobFollower::tell_unfinished(kue::JobRecord const& record, int signal) {
  if (call_.json) call_.out.line(as_document(record, false));
  if (!call_.style.json()) {
    write_error(fmt::format("{} is still {}; stopped watching. job:watch {} resumes\n", printable(record.job.kind),
                            kue::to_string(record.state), record.job.id.str()));
  }
  return signal != 0 ? 128 + signal : kFailed;
}

}  // namespace spark
