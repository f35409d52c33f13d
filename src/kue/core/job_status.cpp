#include <kue/job_status.hpp>

#include "kue/core/result_note.hpp"

#include <utility>

namespace kue {

JobStatus status_of(JobRecord record) {
  for (Attempt& run : record.errors) {
    run.failure = whole_failure(run);
    run.record.clear();
  }
  std::string note = core::why_not_kept(record.result);
  if (!note.empty()) record.result.clear();
  return {.id = record.job.id,
          .kind = std::move(record.job.kind),
          .queue = std::move(record.job.queue),
          .state = record.state,
          .attempt = attempt_number(record),
          .max_attempts = record.tally.max_attempts,
          .progress = std::move(record.progress),
          .result = std::move(record.result),
          .result_note = std::move(note),
          .errors = std::move(record.errors),
          .pushed_at = record.inserted_at,
          .run_at = record.run_at,
          .started_at = record.state == State::running ? record.claimed_at : record.attempted_at,
          .finished_at = record.finished_at,
          .cancel_asked = record.cancel_asked_at.has_value()};
}

}  // namespace kue
