#pragma once
// State, Verb, Reason: the words of a job's life, and the table of what may follow what.
//
//   return kue::allowed(kue::Verb::finish, kue::State::running, kue::State::retryable, kue::Reason::error);
//
// The table is data (src/kue/core/state.cpp); stores, the checker and the documentation read the same rows.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace kue {

enum class State : std::uint8_t {
  scheduled,  // waits for its run_at
  blocked,    // waits for another job or a person
  available,  // may be claimed
  running,    // claimed by a holder
  retryable,  // failed, waits for its next run_at
  completed,  // final: done
  discarded,  // final: exhausted, gave up, poison, corrupt, unknown kind
  cancelled,  // final: stopped on purpose
};
inline constexpr std::size_t kStateCount = 8;

constexpr bool is_final(State s) { return s >= State::completed; }
constexpr bool is_waiting(State s) { return s <= State::available || s == State::retryable; }

enum class Verb : std::uint8_t { push, claim, finish, release, cancel, retry, prune, remove };

enum class Reason : std::uint8_t {
  pushed,
  claimed,
  completed,
  error,         // run threw
  timeout,       // ended by itself after its stop token was raised at the time-out
  gave_up,       // asked to be discarded
  exhausted,     // the last attempt failed
  corrupt,       // arguments cannot be read
  snoozed,       // asked to run later; not an attempt
  unknown_kind,  // no class of that name in this worker
  cancelled,
  returned,      // held but never started
  interrupted,   // given back at a stop
  crashed,       // its process died: signal or exit()
  oom,           // its process was killed by the kernel for memory
  hard_timeout,  // killed by the master
  poison,        // its process died too often
  lost_call,     // in the store a holder has it, in fact nobody does
  store_restart,
  node_lost,
  retried,
  pruned,
  removed,  // by a person
};

std::string_view to_string(State state);
std::string_view to_string(Verb verb);
std::string_view to_string(Reason reason);
std::optional<State> parse_state(std::string_view text);
std::optional<Verb> parse_verb(std::string_view text);
std::optional<Reason> parse_reason(std::string_view text);

struct TransitionRule {
  Verb verb;
  std::optional<State> from;  // none: the job did not exist
  std::optional<State> to;    // none: the job is gone
  Reason reason;
};
std::span<TransitionRule const> transition_table();
bool allowed(Verb verb, std::optional<State> from, std::optional<State> to, Reason reason);

}  // namespace kue
