#include "kue/worker/board/entry.hpp"

#include "kue/base/utf8.hpp"
#include "kue/core/result_note.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <type_traits>

namespace kue::worker {
namespace {

static_assert(std::has_unique_object_representations_v<EntryJob>);
static_assert(std::has_unique_object_representations_v<EntryRun>);
static_assert(std::has_unique_object_representations_v<EntryEnd>);
static_assert(sizeof(EntryBody) % 8 == 0);

// FNV-1a by words of 8 bytes: guards against torn and stray writes, not against an enemy.
std::uint64_t checksum_of(void const* part, std::size_t size, std::uint64_t sum = 0xcbf29ce484222325u) {
  auto const* bytes = static_cast<std::byte const*>(part);
  for (std::size_t at = 0; at < size; at += 8) {
    std::uint64_t piece = 0;
    std::memcpy(&piece, bytes + at, 8);
    sum = (sum ^ piece) * 0x100000001b3u;
    sum ^= sum >> 29;
  }
  return sum;
}

template <class Part> std::uint64_t checksum_of(Part const& part) {
  static_assert(offsetof(Part, checksum) % 8 == 0);
  return checksum_of(&part, offsetof(Part, checksum));
}

// Names are mostly shorter than their room: what is beyond them is neither written nor summed up.
std::size_t sealed_name(std::uint16_t size) { return (std::size_t{size} + 7) / 8 * 8; }
std::uint64_t checksum_of(EntryJob const& job) {
  static_assert(offsetof(EntryJob, kind) % 8 == 0 && limits::kMaxNameBytes % 8 == 0);
  std::uint64_t const head = checksum_of(&job, offsetof(EntryJob, kind));
  return checksum_of(job.queue, sealed_name(job.queue_size), checksum_of(job.kind, sealed_name(job.kind_size), head));
}

// What stands beyond the texts of an end is neither written nor summed up.
std::size_t used_of(EntryEnd const& end) {
  return std::size_t{end.type_size} + end.message_size + end.backtrace_size + end.result_size;
}
std::size_t sealed_text(EntryEnd const& end) {
  static_assert(kEntryTextBytes % 8 == 0);
  return (used_of(end) + 7) / 8 * 8;
}
std::uint64_t checksum_of(EntryEnd const& end, EntryText const& text) {
  static_assert(offsetof(EntryEnd, checksum) % 8 == 0);
  return checksum_of(text.bytes, sealed_text(end), checksum_of(&end, offsetof(EntryEnd, checksum)));
}

template <class Part> void seal(Part& part, Part& shared) {
  part.checksum = checksum_of(part);
  std::memcpy(&shared, &part, sizeof part);
}

std::int64_t count(TimePoint at) { return at.time_since_epoch().count(); }
std::int64_t count(SteadyPoint at) { return at.time_since_epoch().count(); }

void put_name(char (&to)[limits::kMaxNameBytes], std::uint16_t& size, std::string const& name) {
  size = static_cast<std::uint16_t>(std::min(name.size(), sizeof to));
  std::memcpy(to, name.data(), size);
  std::memset(to + size, 0, sealed_name(size) - size);
}

// Packs the texts of an end; a cut text keeps its beginning.
struct TextPacker {
  EntryEnd& end;
  EntryText& to;
  std::size_t used = 0;

  std::uint16_t put(std::string const& text) {
    std::string_view const kept = utf8_prefix(text, kEntryTextBytes - used);
    if (kept.size() < text.size()) end.cut = 1;
    std::memcpy(to.bytes + used, kept.data(), kept.size());
    used += kept.size();
    return static_cast<std::uint16_t>(kept.size());
  }
};

void read_job(EntryJob const& job, EntryView& view) {
  std::array<std::uint8_t, 16> id{};
  std::copy(std::begin(job.id), std::end(job.id), id.begin());
  view.claim = {.id = JobId(id),
                .seq = job.seq,
                .queue = std::string(job.queue, job.queue_size),
                .lane = job.lane,
                .kind = job.kind_number,
                .claim_no = job.claim_no};
  view.kind.assign(job.kind, job.kind_size);
  view.attempt = job.attempt;
  view.tally = {job.counted, job.max_attempts, job.crashes, job.node_losses, job.interruptions, std::nullopt};
  if (job.unknown_since_ms >= 0) view.tally.unknown_since = TimePoint(Millis(job.unknown_since_ms));
  view.claimed_at = TimePoint(Millis(job.claimed_wall_ms));
}

void read_run(EntryRun const& run, EntryView& view) {
  view.started_at = TimePoint(Millis(run.started_wall_ms));
  view.started_steady = SteadyPoint(Millis(run.started_steady_ms));
  view.timeout = Millis(run.timeout_ms);
  if (run.hard_limit_ms != 0) view.hard_limit = SteadyPoint(Millis(run.hard_limit_ms));
}

void read_end(EntryEnd const& end, EntryText const& text, EntryView& view) {
  std::size_t at = 0;
  auto const take = [&](std::uint16_t size) {
    std::string one(text.bytes + at, size);
    at += size;
    return one;
  };
  Outcome outcome;
  outcome.kind = static_cast<Outcome::Kind>(end.kind);
  view.ended_steady = SteadyPoint(Millis(end.ended_steady_ms));
  if (end.delay_ms >= 0) outcome.delay = Millis(end.delay_ms);
  outcome.failure.type = take(end.type_size);
  outcome.failure.message = take(end.message_size);
  outcome.failure.backtrace = take(end.backtrace_size);
  outcome.failure.signal = end.signal;
  outcome.result = take(end.result_size);
  view.outcome = std::move(outcome);
  view.cut = end.cut != 0;
}

bool sane(EntryEnd const& end) {
  return used_of(end) <= kEntryTextBytes && end.kind <= static_cast<std::uint8_t>(Outcome::Kind::node_lost);
}

}  // namespace

void write_job(EntryBody& body, Delivery const& delivery) {
  EntryJob& job = body.job;  // of a free entry: nobody reads it before the word says that it is held
  auto const& id = delivery.job.id.bytes();
  std::copy(id.begin(), id.end(), job.id);
  job.claimed_wall_ms = count(delivery.claimed_at);
  job.unknown_since_ms = delivery.tally.unknown_since ? count(*delivery.tally.unknown_since) : -1;
  job.unused = 0;
  job.seq = delivery.claim.seq;
  job.lane = delivery.claim.lane;
  job.kind_number = delivery.claim.kind;
  job.claim_no = delivery.claim.claim_no;
  job.attempt = delivery.attempt;
  job.counted = delivery.tally.attempt;
  job.max_attempts = delivery.tally.max_attempts;
  job.crashes = delivery.tally.crashes;
  job.node_losses = delivery.tally.node_losses;
  job.interruptions = delivery.tally.interruptions;
  put_name(job.kind, job.kind_size, delivery.job.kind);
  put_name(job.queue, job.queue_size, delivery.job.queue);
  job.checksum = checksum_of(job);
}

void write_run(EntryBody& body, TimePoint started, SteadyPoint started_steady, Millis timeout,
               std::optional<SteadyPoint> hard_limit) {
  EntryRun run{};
  run.started_wall_ms = count(started);
  run.started_steady_ms = count(started_steady);
  run.timeout_ms = timeout.count();
  run.hard_limit_ms = hard_limit ? count(*hard_limit) : 0;
  seal(run, body.run);
}

void write_end(EntryBody& body, EntryText& text, Outcome const& outcome, SteadyPoint ended_steady) {
  EntryEnd end{};
  end.ended_steady_ms = count(ended_steady);
  end.delay_ms = outcome.delay ? std::max<std::int64_t>(outcome.delay->count(), 0) : -1;
  end.signal = outcome.failure.signal;
  end.kind = static_cast<std::uint8_t>(outcome.kind);
  TextPacker pack{end, text};
  end.type_size = pack.put(outcome.failure.type);
  end.message_size = pack.put(outcome.failure.message);
  end.backtrace_size = pack.put(outcome.failure.backtrace);
  // Half a result is no JSON: all of it, or a note.
  static std::string const note =
      core::result_note("too long to outlive its process, which ended before it was written");
  auto const fits = [&](std::string const& result) { return result.size() <= kEntryTextBytes - pack.used; };
  if (!fits(outcome.result)) end.cut = 1;
  end.result_size = pack.put(fits(outcome.result) ? outcome.result : fits(note) ? note : std::string());
  // Not a memset of nothing: on a page that was never touched its masked store is a trap of microseconds (AVX-512).
  std::fill(text.bytes + used_of(end), text.bytes + sealed_text(end), '\0');
  end.checksum = checksum_of(end, text);
  std::memcpy(&body.end, &end, sizeof end);
}

bool fits(Outcome const& outcome) {
  Failure const& failure = outcome.failure;
  return failure.type.size() + failure.message.size() + failure.backtrace.size() + outcome.result.size() <=
         kEntryTextBytes;
}

std::optional<EntryView> read_entry(std::atomic<std::uint64_t> const& word, EntryBody const& body,
                                    EntryText const& text) {
  std::uint64_t const before = word.load(std::memory_order_acquire);
  EntryView view;
  view.word = EntryWord::unpack(before);
  EntryState const state = view.word.state;
  if (state == EntryState::free) return view;
  bool const ended = state == EntryState::done || state == EntryState::taken_done;
  EntryBody copy;
  std::memcpy(&copy, &body, sizeof copy);
  EntryText copied_text;
  if (ended && sane(copy.end)) std::memcpy(copied_text.bytes, text.bytes, sealed_text(copy.end));
  std::atomic_thread_fence(std::memory_order_acquire);
  if (word.load(std::memory_order_relaxed) != before) return std::nullopt;

  if (copy.job.kind_size > limits::kMaxNameBytes || copy.job.queue_size > limits::kMaxNameBytes) return std::nullopt;
  if (copy.job.checksum != checksum_of(copy.job)) return std::nullopt;
  read_job(copy.job, view);
  if (state == EntryState::running || state == EntryState::condemned || ended) {
    if (copy.run.checksum != checksum_of(copy.run)) return std::nullopt;
    read_run(copy.run, view);
  }
  if (ended) {
    if (!sane(copy.end) || copy.end.checksum != checksum_of(copy.end, copied_text)) return std::nullopt;
    read_end(copy.end, copied_text, view);
  }
  return view;
}

}  // namespace kue::worker
