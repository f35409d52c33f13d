#pragma once
// Every default and every maximum of kue, with its reason. Durations are chrono types.

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace kue::limits {

using namespace std::chrono_literals;
using Millis64 = std::chrono::duration<std::int64_t, std::milli>;  // kue::Millis
using Days = std::chrono::duration<std::int64_t, std::ratio<86400>>;

// What a job may be
inline constexpr std::size_t kMaxArgsBytes = 1024 * 1024;  // above this, store the data elsewhere and pass a reference
inline constexpr std::size_t kMaxResultBytes = 64 * 1024;  // a result is a summary, not a file
inline constexpr std::size_t kMaxNameBytes = 128;          // queue, kind, tag: also part of a Redis key
inline constexpr std::size_t kMaxTags = 32;
inline constexpr std::size_t kMaxMetaBytes = 16 * 1024;  // keys and values together: context, not data
inline constexpr auto kMaxJobTimeout = Days(365);        // longer is a mistake; keeps sums of times far from overflow
inline constexpr std::int64_t kMaxTimeMs = 253'402'300'799'999;  // the last millisecond of the year 9999
inline constexpr int kMaxJsonDepth = 32;                         // deeper input is an attack or a mistake
inline constexpr std::size_t kMaxErrorTextBytes = 8 * 1024;      // of one attempt's message
inline constexpr std::size_t kMaxHeadTextBytes =
    1024;  // of it in the head of an attempt, which is kept longer than its record
inline constexpr std::size_t kMaxRecordBytes = 96 * 1024;  // of one attempt: a backtrace, the last output
inline constexpr int kWholeAttempts = 3;                   // the newest ones keep their records
inline constexpr int kMaxAttempts = 100;  // heads kept of a job: under 0.5 MB with the records, however it behaves
inline constexpr int kMinPriority = -1000, kMaxPriority = 1000;

// Trying again
inline constexpr std::uint32_t kDefaultMaxAttempts = 25;  // includes the first; about 17 days with the default delay
inline constexpr std::uint32_t kMaxMaxAttempts = 1000;
inline constexpr std::uint32_t kMaxCrashes = 3;  // the third death of its process ends a job as poison
inline constexpr std::uint32_t kMaxNodeLosses =
    10;  // its machine may have been the reason ten times; the next one discards
inline constexpr std::uint32_t kFreeInterruptions = 10;  // given back at a stop; from then on each counts as an attempt
inline constexpr auto kUnknownKindDelay = 10s;           // a rolling deploy may still bring the class
inline constexpr auto kUnknownKindLimit = 1h;

// Workers
inline constexpr int kMaxConcurrency = 256;
inline constexpr int kMaxQueueWeight = 1000;
inline constexpr int kMaxBatch =
    500;  // jobs held by one child at once: no more than it runs in 40 ms, see docs/decisions/0006-prefetch.md
inline constexpr auto kNodeBeat = 10s;
inline constexpr auto kNodeDead = 60s;          // beat unchanged for this long, seen by one observer
inline constexpr auto kStopTimeout = 25s;       // below the 30 s that Kubernetes grants
inline constexpr auto kHardTimeoutGrace = 10s;  // from the stop token to SIGKILL
inline constexpr auto kRespawnDelayMin = 100ms;
inline constexpr auto kRespawnDelayMax = 30s;
inline constexpr int kMaxFailedBoots = 10;  // in a row; then the master says why and gives up
inline constexpr auto kPollNet = 1s;        // somebody looks for all who sleep, even if nobody was woken

// Keeping what is finished
inline constexpr auto kKeepCompleted = 24h;
inline constexpr std::int64_t kKeepCompletedCount =
    1'000'000;  // of each queue: the newest completed and cancelled ones kept at most
inline constexpr auto kKeepDiscarded = Days(180);
inline constexpr int kPruneBatch = 1000;               // rows a call
inline constexpr auto kKeepDeadNodes = 24h;            // a process that slept may still come back and must be told
inline constexpr Millis64 kForever = Millis64::max();  // of a retention

}  // namespace kue::limits
