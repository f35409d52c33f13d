// What ran, and the words for it.

#include <kue/testing/test_queue.hpp>

#include "kue/testing/push_list.hpp"

#include <fmt/format.h>

#include <map>

namespace kue::testing {

std::string Run::text() const {
  std::string text = fmt::format("{} {} attempt {}: {}", job.kind, job.args, attempt, to_string(state));
  if (!completed()) text += fmt::format(" ({})", to_string(reason));
  if (state == State::retryable || state == State::scheduled) text += ", again in " + text_of(delay);
  if (!outcome.failure.message.empty()) text += ": " + outcome.failure.message;
  return text;
}

Runs Runs::of(std::string_view kind) const {
  std::vector<Run> mine;
  for (Run const& run : runs_) {
    if (run.job.kind == kind) mine.push_back(run);
  }
  return Runs(std::move(mine));
}

std::string Runs::text() const {
  std::string text;
  for (Run const& run : runs_) text += run.text() + "\n";
  return text.empty() ? "nothing ran\n" : text;
}

void Runs::assert_all_completed(std::source_location where) const {
  std::map<JobId, Run const*> last;
  for (Run const& run : runs_) last[run.job.id] = &run;
  std::string bad;
  for (Run const& run : runs_) {
    if (last.at(run.job.id) == &run && !run.completed()) bad += "\n  " + run.text();
    if (last.at(run.job.id) != &run || run.completed()) continue;
    for (std::string const& line : run.log) bad += "\n    log: " + line;
  }
  if (runs_.empty()) throw AssertionFailed("expected jobs that complete, but nothing ran", where);
  if (!bad.empty()) throw AssertionFailed("expected that all jobs complete, but:" + bad, where);
}

}  // namespace kue::testing
