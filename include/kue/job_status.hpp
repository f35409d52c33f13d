#pragma once
// JobStatus: what queue.find(id) and queue.wait(id, time) say about a job.
//
//   if (auto const job = queue.find(id)) {
//     if (job->state == kue::State::completed) show(job->result_as<Thumbnail>());
//     else if (job->progress) show(job->progress->percent, job->progress->note);
//   }
//
// A copy: it does not change when the job does. Values; no threads.

#include <kue/json.hpp>
#include <kue/record.hpp>

#include <optional>
#include <string>
#include <vector>

namespace kue {

struct JobStatus {
  JobId id = {};
  std::string kind = {}, queue = {};
  State state = State::available;
  std::uint32_t attempt = 0;  // of the run in progress; otherwise the number of runs that counted
  std::uint32_t max_attempts = limits::kDefaultMaxAttempts;
  std::optional<Progress> progress = {};  // what the run said last, at most four times a second
  std::string result = {};                // completed: JSON of what run() returned, or empty
  std::string result_note = {};           // completed, and its result could not be kept: why
  std::vector<Attempt> errors = {};       // runs that did not complete, oldest first, each with its whole failure
  TimePoint pushed_at{}, run_at{};        // run_at: when it was or will be due
  std::optional<TimePoint> started_at = {}, finished_at = {};  // of the last run; of the job
  bool cancel_asked = false;                                   // running, and asked to stop

  bool final() const { return is_final(state); }
  // Nothing if there is no result; throws Error(corrupt) if it is not a T.
  template <class T> std::optional<T> result_as() const {
    if (result.empty()) return std::nullopt;
    return from_json<T>(result);
  }
  bool operator==(JobStatus const&) const = default;
};

JobStatus status_of(JobRecord record);

}  // namespace kue
