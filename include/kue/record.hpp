#pragma once
// JobRecord: everything a store knows of one job.
//
//   if (auto record = store.get(id))
//     fmt::print("{}, attempt {}\n", to_string(record->state), attempt_number(*record));
//
// Plain data, copied out of the store; it does not change when the job does.

#include <kue/envelope.hpp>
#include <kue/outcome.hpp>
#include <kue/state.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace kue {

// What has been counted against a job. core::decide() reads it and returns the next one.
struct Tally {
  std::uint32_t attempt = 0;  // finished runs that count against max_attempts
  std::uint32_t max_attempts = limits::kDefaultMaxAttempts;
  std::uint32_t crashes = 0;
  std::uint32_t node_losses = 0;
  std::uint32_t interruptions = 0;
  std::optional<TimePoint> unknown_since = {};  // first time that a worker did not know the kind
  bool operator==(Tally const&) const = default;
};

// One run that did not complete: a head, and a record of how it ended. A store keeps the newest limits::kMaxAttempts of
// a job, and the records of the newest limits::kWholeAttempts.
struct Attempt {
  std::uint32_t claim_no = 0;
  std::uint32_t attempt = 0;  // the number that the job saw
  Reason reason = Reason::error;
  Failure failure =
      {};  // type, the first limits::kMaxHeadTextBytes of the message, signal; the backtrace stands in the record
  TimePoint started_at{};  // when run began; the claim's time if it never did
  TimePoint ended_at{};
  std::uint64_t node = 0;
  int pid = 0;
  std::string record =
      {};  // bytes with a version (docs/internals/formats.md), at most limits::kMaxRecordBytes; empty: none, or dropped
  bool operator==(Attempt const&) const = default;
};
Failure whole_failure(
    Attempt const& attempt);  // with what its record says; the head's if that is gone or of a newer version

struct Progress {
  int percent = 0;  // 0 to 100
  std::string note = {};
  bool operator==(Progress const&) const = default;
};

struct JobRecord {
  Envelope job = {};
  std::int64_t seq = 0;  // the store's order of arrival
  State state = State::available;
  TimePoint run_at{};  // when it was or will be due
  Tally tally = {};
  std::uint32_t claim_no = 0;  // times handed out; never falls
  std::uint64_t holder = 0;    // of the last claim
  std::uint64_t node = 0;
  TimePoint inserted_at{};
  std::optional<TimePoint> claimed_at = {};       // running: when the present run was handed out
  std::optional<TimePoint> attempted_at = {};     // start of the last run that has ended
  std::optional<TimePoint> finished_at = {};      // entered a final state
  std::optional<TimePoint> cancel_asked_at = {};  // running: since when its worker is asked to stop it
  std::string result = {};                        // JSON, empty if none
  std::optional<Progress> progress = {};
  std::vector<Attempt> errors = {};  // oldest first; filled by get(), empty in query()
  bool operator==(JobRecord const&) const = default;
};

// The attempt that is going on, else the last one that counted: what Context::attempt() and the log lines say. 0: no
// run has counted yet. A run that does not count (snoozed, crashed, ...) leaves its number to the next one.
inline std::uint32_t attempt_number(JobRecord const& record) {
  return record.tally.attempt + (record.state == State::running ? 1 : 0);
}

}  // namespace kue
