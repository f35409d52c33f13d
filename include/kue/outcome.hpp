#pragma once
// Outcome: how one run ended. A job returns or throws one to ask for more than "done" or "failed".
//
//   kue::Outcome run() const {
//     if (!ready()) return kue::snooze(5min);           // later; not an attempt
//     if (gone())   return kue::cancel("order deleted");
//     throw kue::retry_in(30s, "gateway busy");         // the same values may be thrown from deep inside
//   }
//
// Values; no threads, no failure.

#include <kue/clock.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace kue {

// Why a run failed, if known. Times are wall-clock; signal is 0 if there was none.
struct Failure {
  std::string type = {};  // exception class, or "signal", "exit", "timeout"
  std::string message = {};
  std::string backtrace = {};
  int signal = 0;
  bool operator==(Failure const&) const = default;
};

struct Outcome {
  enum class Kind : std::uint8_t {
    completed,
    failed,        // threw; tried again while attempts are left
    timed_out,     // as failed, after its stop token was raised at the time-out
    snoozed,       // asked to run later
    cancelled,     // asked to be cancelled
    gave_up,       // asked to be discarded
    corrupt,       // arguments cannot be read or fail validate()
    unknown_kind,  // no class of that name here
    interrupted,   // given back at a stop
    returned,      // never started
    crashed,       // process died
    oom,
    hard_timeout,  // killed
    lost_call,
    store_restart,
    node_lost,
  };

  Kind kind = Kind::completed;
  std::optional<Millis> delay = {};  // snoozed: until the next run; failed: instead of the computed delay
  Failure failure = {};              // why, for everything but completed and returned
  std::string result = {};           // completed: JSON of what run returned, or empty
  bool operator==(Outcome const&) const = default;
};

std::string_view to_string(Outcome::Kind kind);

inline Outcome completed() { return {}; }
inline Outcome snooze(Millis delay) { return {.kind = Outcome::Kind::snoozed, .delay = delay}; }
inline Outcome cancel(std::string why) {
  return {.kind = Outcome::Kind::cancelled, .failure = {.type = "cancel", .message = std::move(why)}};
}
inline Outcome discard(std::string why) {
  return {.kind = Outcome::Kind::gave_up, .failure = {.type = "discard", .message = std::move(why)}};
}
inline Outcome retry_in(Millis delay, std::string why) {
  return {.kind = Outcome::Kind::failed, .delay = delay, .failure = {.type = "retry", .message = std::move(why)}};
}
// For a job that saw its stop token at a shutdown and saved what it had: given back, not an attempt (10 times).
inline Outcome interrupted() { return {.kind = Outcome::Kind::interrupted}; }

}  // namespace kue
