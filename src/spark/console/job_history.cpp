#include "spark/console/job_history.hpp"

#include <kue/limits.hpp>

#include "spark/console/printable.hpp"
#include "spark/console/times.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace spark {
namespace {

std::string head(std::uint32_t run, std::uint32_t attempt) {
  return fmt::format("  run {} (attempt {}): ", run, attempt);
}

std::string failure_text(kue::Attempt const& attempt) {
  kue::Failure const failure = kue::whole_failure(attempt);
  std::string what = printable(failure.type);
  if (!failure.message.empty()) what += (what.empty() ? "" : ": ") + printable(failure.message);
  if (failure.signal != 0 && failure.message.find(fmt::format("signal {}", failure.signal)) == std::string::npos)
    what += fmt::format(" (signal {})", failure.signal);
  std::string text = what.empty() ? "" : "    " + what + "\n";
  std::string_view trace = failure.backtrace;
  while (!trace.empty()) {
    auto const end = std::min(trace.find('\n'), trace.size());
    text += "      " + printable(trace.substr(0, end)) + "\n";
    trace.remove_prefix(std::min(end + 1, trace.size()));
  }
  return text;
}

std::string ended_text(kue::TimePoint began, kue::TimePoint ended) {
  return fmt::format("{} after {}", utc_text(ended), span_text(ended - began));
}

// The run of which no end is kept: the one that is going on, or that completed.
std::string last_text(kue::JobRecord const& record, kue::TimePoint now) {
  auto const began = began_at(record);
  std::string const start = head(run_number(record, record.errors.size()), kue::attempt_number(record));
  if (record.state == kue::State::running && began)
    return fmt::format("{}running for {}\n", start, span_text(std::max(now - *began, kue::Millis(0))));
  if (record.state == kue::State::completed && began && record.finished_at)
    return fmt::format("{}completed, {}\n", start, ended_text(*began, *record.finished_at));
  return {};
}

}  // namespace

std::uint32_t run_number(kue::JobRecord const& record, std::size_t index) {
  if (record.errors.size() < kue::limits::kMaxAttempts) return static_cast<std::uint32_t>(index + 1);
  return index < record.errors.size() ? record.errors[index].claim_no : record.claim_no;
}

std::optional<kue::TimePoint> began_at(kue::JobRecord const& record) {
  return record.state == kue::State::running ? record.claimed_at : record.attempted_at;
}

std::string history_text(kue::JobRecord const& record, kue::TimePoint now) {
  std::string text;
  for (std::size_t i = 0; i < record.errors.size(); ++i) {
    kue::Attempt const& attempt = record.errors[i];
    text += fmt::format("{}{}, {}, pid {}\n", head(run_number(record, i), attempt.attempt),
                        kue::to_string(attempt.reason), ended_text(attempt.started_at, attempt.ended_at), attempt.pid);
    text += failure_text(attempt);
  }
  return text + last_text(record, now);
}

}  // namespace spark
