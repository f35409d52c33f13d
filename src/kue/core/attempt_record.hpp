#pragma once
// AttemptRecord: what is kept of the end of one run beside its head. Bytes with a version, which stores do not look
// into.
//
//   item.attempt = core::attempt_of(outcome.failure, {.claim_no = 3, .reason = Reason::error});
//
// Version 1 is one line of JSON, {"v":1,"message":...,"backtrace":...}. A reader takes the members that it knows.

#include <kue/outcome.hpp>
#include <kue/record.hpp>
#include <kue/store/jobs.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace kue::core {

// The head, and what of the failure does not fit into it as a record. Cuts what is too long, at a character.
Attempt attempt_of(Failure const& failure, Attempt head);
// What writes the end of a run; `run` says whose it was and when. The history keeps it if it is_remembered().
Finish finish_of(Claim const& claim, Outcome const& outcome, Transition const& next,
                 std::optional<TimePoint> started_at, Attempt run);

struct AttemptRecord {
  std::string message = {}, backtrace = {};
};
std::string pack(AttemptRecord const& record);  // at most limits::kMaxRecordBytes
std::optional<AttemptRecord> unpack_attempt_record(
    std::string_view bytes);  // none: no record, or of a version that is not known here

}  // namespace kue::core
