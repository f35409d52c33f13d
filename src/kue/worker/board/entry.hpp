#pragma once
// Entry: one job that a child holds, as it stands in shared memory, and as an ordinary value (EntryView).
//
// The word is 64 bits {generation, state}; every change is a compare-and-swap of the whole word, so that a late writer
// with an old generation changes nothing. The body is written before the word and re-checked after copying. It has
// three parts, each with its own checksum, each written in one state only: what job it is (free -> held), when it
// started (held -> running), how it ended (running -> done). A process killed in the middle of writing one spoils none
// before it.

#include <kue/outcome.hpp>
#include <kue/queue.hpp>

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>

namespace kue::worker {

enum class EntryState : std::uint8_t {
  free,
  held,  // claimed, not started
  running,
  condemned,   // the master is about to kill it: its child may write no outcome any more
  done,        // the outcome is in the body
  taken_held,  // the keeper gives it back, because its child is busy with another
  taken_done,  // the keeper writes its outcome, because its child does not come to it
};

inline bool is_taken(EntryState state) { return state == EntryState::taken_held || state == EntryState::taken_done; }

struct EntryWord {
  std::uint64_t generation = 0;
  EntryState state = EntryState::free;
  bool operator==(EntryWord const&) const = default;

  std::uint64_t pack() const { return generation << 8 | static_cast<std::uint64_t>(state); }
  static EntryWord unpack(std::uint64_t bits) { return {bits >> 8, static_cast<EntryState>(bits & 0xff)}; }
  EntryWord with(EntryState next) const { return {generation, next}; }
};

// ---- the bytes in shared memory: no padding, so that a checksum over them is defined
struct EntryJob {
  std::uint8_t id[16];
  std::int64_t seq, lane;
  std::int64_t claimed_wall_ms, unknown_since_ms;  // unknown_since: -1 none
  std::uint32_t kind_number, claim_no, attempt;
  std::uint32_t counted, max_attempts, crashes, node_losses, interruptions;
  std::uint16_t kind_size, queue_size;
  std::uint32_t unused;
  char kind[limits::kMaxNameBytes], queue[limits::kMaxNameBytes];
  std::uint64_t checksum;
};
struct EntryRun {
  std::int64_t started_wall_ms, started_steady_ms, timeout_ms, hard_limit_ms;  // hard_limit: steady; 0 none
  std::uint64_t checksum;
};
struct EntryEnd {
  std::int64_t delay_ms;  // -1 none
  std::int64_t ended_steady_ms;
  std::int32_t signal;
  std::uint8_t kind, cut;
  std::uint16_t type_size, message_size, backtrace_size, result_size, unused;
  std::uint64_t checksum;  // of these and of the text
};
struct EntryBody {
  EntryJob job;
  EntryRun run;
  EntryEnd end;
};
// Apart from the bodies: most ends have none, and its pages stay untouched.
inline constexpr std::size_t kEntryTextBytes = 3072;
struct EntryText {
  char bytes[kEntryTextBytes];  // type, message, backtrace, result, one after the other
};

// ---- the same as values
struct EntryView {
  EntryWord word;
  Claim claim;  // but for the holder, which is the slot's
  std::string kind;
  std::uint32_t attempt = 0;
  Tally tally;
  TimePoint claimed_at{};
  std::optional<TimePoint> started_at;  // running and later
  SteadyPoint started_steady{};
  Millis timeout{0};
  std::optional<SteadyPoint> hard_limit;
  std::optional<Outcome> outcome;  // done, taken_done
  SteadyPoint ended_steady{};
  bool cut = false;  // the outcome's texts did not fit

  bool started() const { return started_at.has_value(); }
  std::string name() const { return kind + "#" + claim.id.str(); }
  bool is(Claim const& other) const { return claim.id == other.id && claim.claim_no == other.claim_no; }
};

void write_job(EntryBody& body, Delivery const& delivery);
void write_run(EntryBody& body, TimePoint started, SteadyPoint started_steady, Millis timeout,
               std::optional<SteadyPoint> hard_limit);
void write_end(EntryBody& body, EntryText& text, Outcome const& outcome, SteadyPoint ended_steady);
bool fits(Outcome const& outcome);  // whole, without a cut

// Copies what the word says is there; nothing if the word changed meanwhile or a checksum is wrong.
std::optional<EntryView> read_entry(std::atomic<std::uint64_t> const& word, EntryBody const& body,
                                    EntryText const& text);

}  // namespace kue::worker
