#pragma once
// Scoreboard: memory shared by a master, its children and their keeper. SIGKILL loses nothing of it.
//
//   header   what all read: stop flag, node, how long it is trusted
//   slot     one process: pid, holder, state, and an entry for each job that it holds
//
// Who writes what: the master marks slots starting, live, dead and asks to stop; a child writes its own slot only
// (everything else is unmapped or read-only there); only the keeper frees a dead slot, after the store holds nothing of
// it any more.
// There are 2N+2 slots for at most N children, so that a new child never waits for the keeper to bury the old one.

#include "kue/base/fd.hpp"
#include "kue/base/futex.hpp"
#include "kue/worker/board/entry.hpp"
#include "kue/worker/board/slot_lines.hpp"

#include <kue/limits.hpp>

#include <string>
#include <string_view>

namespace kue::worker {

enum class SlotState : std::uint32_t { free, starting, live, dead };
enum class Role : std::uint32_t { child, keeper };
// failed: may succeed next time. refused, broken: will not (wrong options, a damaged store). node_dead: the keeper's,
// when another worker has declared this node dead.
enum class Boot : std::uint32_t { booting, ready, failed, refused, broken, node_dead };
// Why the master (or the keeper, in its place) killed a process. A process that nobody killed died by itself.
enum class KillCause : std::uint32_t { none, hard_timeout, stop, master_died, cancelled };
enum class Stage : std::uint32_t {
  running,
  closing
};  // closing: all children are gone, the keeper finishes and leaves

// A text that another process reads: bounded, length written last.
template <std::size_t N> struct SharedText {
  std::atomic<std::uint32_t> size;
  char bytes[N];

  void set(std::string_view text) {
    std::size_t const length = text.size() < N ? text.size() : N;
    size.store(0, std::memory_order_release);
    text.copy(bytes, length);
    size.store(static_cast<std::uint32_t>(length), std::memory_order_release);
  }
  std::string get() const {
    std::size_t const length = size.load(std::memory_order_acquire);
    return std::string(bytes, length < N ? length : N);  // never trusted: a stray write may have hit it
  }
};

struct alignas(4096) Header {
  // Frozen across versions, so that an old scoreboard can be told from a new one and its children asked to stop.
  std::uint64_t magic;
  std::uint32_t version;
  std::uint32_t layout;  // changes with the size of any part
  std::atomic<std::uint32_t> stop, quiet;
  std::uint32_t slot_count, slot_bytes;

  std::atomic<std::uint32_t> stage;
  std::atomic<std::uint32_t> empty;         // the keeper: nothing to do is left (stop_when_empty)
  std::atomic<std::int64_t> trusted_until;  // steady ms; past it no other node can be sure that we live
  FutexWord trust_bell;
  std::atomic<std::uint32_t> acknowledges;  // the queue keeps a job until it is finished
  SharedText<512> store;                    // the store's description, from the keeper
};

// An entry as the child knows it that holds it. With its generation: what the keeper took, wrote and freed may hold
// another job of the same child by now.
struct OwnEntry {
  int index = -1;
  std::uint64_t generation = 0;
  operator int() const { return index; }
};

struct alignas(4096) Slot {
  std::atomic<std::uint32_t> state;
  std::atomic<std::uint32_t> role;
  std::atomic<std::int32_t> pid;
  std::atomic<std::int32_t> wait_status;
  std::atomic<std::uint64_t> holder;
  std::atomic<std::uint32_t> kill_cause;
  std::atomic<std::uint32_t> boot;
  std::atomic<std::uint32_t> stop;     // this process only: finish what runs and leave
  FutexWord bell;                      // its stop watch sleeps on it
  std::atomic<std::uint32_t> idle;     // its last pop found nothing
  std::atomic<std::uint32_t> unknown;  // the store did not know this node: the keeper beats
  std::atomic<std::uint64_t> runs;     // jobs started
  SharedText<1024> boot_error;
  std::atomic<std::uint32_t> watched;  // the keeper looks at the entries every few milliseconds; 0: ring its bell first
  std::atomic<std::uint64_t> words[limits::kMaxBatch];  // apart from the bodies: a scan touches few pages
  std::atomic<std::int64_t> since[limits::kMaxBatch];   // steady ms: held, or done, since then
  // A person wants the run of this generation cancelled; 0: none. Written by the keeper, the time before the
  // generation.
  std::atomic<std::uint64_t> cancels[limits::kMaxBatch];
  std::atomic<std::int64_t> cancelled_at[limits::kMaxBatch];  // steady ms
  EntryBody bodies[limits::kMaxBatch];
  SlotLines lines;
  EntryText texts[limits::kMaxBatch];

  SlotState state_now() const { return static_cast<SlotState>(state.load(std::memory_order_acquire)); }
  bool is_child() const { return role.load() == static_cast<std::uint32_t>(Role::child); }
  bool is_alive() const { return state_now() == SlotState::starting || state_now() == SlotState::live; }
  Boot boot_now() const { return static_cast<Boot>(boot.load(std::memory_order_acquire)); }
  KillCause cause() const { return static_cast<KillCause>(kill_cause.load(std::memory_order_acquire)); }
  bool change(SlotState from, SlotState to);

  void ask_to_stop() noexcept;                                    // async-signal-safe
  bool ask_to_cancel(int entry, EntryWord run, SteadyPoint now);  // false: was asked already
  // Since when the run that this word is about is asked to end; none: it is not.
  std::optional<SteadyPoint> cancel_asked_at(int entry, EntryWord run) const;

  EntryWord word(int entry) const { return EntryWord::unpack(words[entry].load(std::memory_order_acquire)); }
  bool change(int entry, EntryWord from, EntryState to);
  // Asks `match(index, word)` about each entry that is in use, until one matches.
  template <class Match> bool any_entry(Match&& match) const {
    for (int index = 0; index < limits::kMaxBatch; ++index) {
      EntryWord const now = word(index);
      if (now.state != EntryState::free && match(index, now)) return true;
    }
    return false;
  }
  template <class Visit> void for_each_entry(Visit&& visit) const {
    any_entry([&](int index, EntryWord now) { return visit(index, now), false; });
  }
  std::optional<EntryView> read(int entry) const { return read_entry(words[entry], bodies[entry], texts[entry]); }
  bool has_entry(Claim const& claim) const;  // also if one cannot be read just now: it may be this one

  // The child's own steps. Each says whether the entry is still its own: the keeper may have taken it, or somebody is
  // about to kill the process.
  // The first free one at or behind `from`, and then those before it; index -1 if all are in use.
  OwnEntry hold(Delivery const& delivery, SteadyPoint steady_now, int from = 0);
  bool start(OwnEntry entry, TimePoint now, SteadyPoint steady_now, Millis timeout,
             std::optional<SteadyPoint> hard_limit);
  bool record(OwnEntry entry, Outcome const& outcome, SteadyPoint steady_now);
  bool clear(OwnEntry entry);

  void reset();  // master, on a free slot
};

class Scoreboard {
 public:
  explicit Scoreboard(int max_children);  // throws Error(unavailable)
  ~Scoreboard();
  Scoreboard(Scoreboard const&) = delete;

  Header& header() { return *header_; }
  int slots() const { return slot_count_; }
  Slot& slot(int index) { return slots_[index]; }
  Slot const& slot(int index) const { return slots_[index]; }
  Slot* begin() { return slots_; }
  Slot* end() { return slots_ + slot_count_; }
  Slot const* begin() const { return slots_; }
  Slot const* end() const { return slots_ + slot_count_; }

  int take_free_slot(Role role);  // marks it starting; -1 if there is none
  // In a child: everything but its own slot goes, the header becomes read-only. A stray write then hits nobody else.
  void keep_only(int index);

 private:
  std::size_t bytes() const;

  int slot_count_ = 0;
  Header* header_ = nullptr;
  Slot* slots_ = nullptr;
};

}  // namespace kue::worker
