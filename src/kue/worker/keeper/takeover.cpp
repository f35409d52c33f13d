#include "kue/worker/keeper/takeover.hpp"

namespace kue::worker {
namespace {

bool is_alive(SlotState state) { return state == SlotState::starting || state == SlotState::live; }

bool waits(EntryState state) { return state == EntryState::held || state == EntryState::done || is_taken(state); }

bool anything_waits(Slot const& slot) {
  if (slot.lines.any()) return true;
  for (int entry = 0; entry < limits::kMaxBatch; ++entry) {
    if (waits(slot.word(entry).state)) return true;
  }
  return false;
}

// A child that leaves jobs waiting in entries rings our bell, unless it sees that we look often anyway. The flag falls
// before the last look, and the child looks at the flag after it wrote the entry: one of the two sees the other.
bool keep_watching(Slot& slot) {
  if (anything_waits(slot)) {
    slot.watched.store(1, std::memory_order_seq_cst);
    return true;
  }
  if (slot.watched.exchange(0, std::memory_order_seq_cst) == 0) return false;
  std::atomic_thread_fence(std::memory_order_seq_cst);
  if (!anything_waits(slot)) return false;
  slot.watched.store(1, std::memory_order_seq_cst);
  return true;
}

bool take(Slot& slot, int entry, SteadyPoint now) {
  EntryWord const word = slot.word(entry);
  Millis const age = now - SteadyPoint(Millis(slot.since[entry].load(std::memory_order_acquire)));
  switch (word.state) {
    case EntryState::held: return age >= Takeover::kHeldTooLong && slot.change(entry, word, EntryState::taken_held);
    case EntryState::done: return age >= Takeover::kDoneTooLong && slot.change(entry, word, EntryState::taken_done);
    case EntryState::taken_held:
    case EntryState::taken_done: return true;  // taken before, and not brought to its end
    default: return false;
  }
}

RunningJob row_of(EntryView const& view, std::uint64_t holder, std::uint64_t node) {
  RunningJob row;
  row.claim = view.claim;
  row.claim.holder = holder;
  row.kind = view.kind;
  row.node = node;
  row.tally = view.tally;
  row.claimed_at = view.claimed_at;
  return row;
}

}  // namespace

std::vector<Takeover::Taken> Takeover::look(Store& store, std::uint64_t node, Scoreboard& board, SteadyPoint now) {
  std::vector<Taken> all;
  waiting_ = false;
  for (int index = 0; index < board.slots(); ++index) {
    Slot& slot = board.slot(index);
    if (slot.role.load() != static_cast<std::uint32_t>(Role::child) || !is_alive(slot.state_now())) continue;
    if (!keep_watching(slot)) continue;
    waiting_ = true;
    if (slot.lines.wait_since_before(now - kLineTooLong)) slot.lines.write_for_another();
    std::vector<Released> released;
    std::vector<int> entries;
    for (int entry = 0; entry < limits::kMaxBatch; ++entry) {
      if (!take(slot, entry, now)) continue;
      std::optional<EntryView> const view = slot.read(entry);
      if (!view || !is_taken(view->word.state))
        continue;  // damaged: its process is not well, and its death will settle it
      Outcome outcome = view->outcome.value_or(Outcome{.kind = Outcome::Kind::returned});
      released.push_back({.row = row_of(*view, slot.holder.load(), node),
                          .entry = *view,
                          .outcome = std::move(outcome),
                          .transition = {}});
      entries.push_back(entry);
    }
    if (released.empty()) continue;
    Releaser{store, node, slot.pid.load()}.write_all(released);
    for (std::size_t i = 0; i < released.size(); ++i) {
      slot.change(entries[i], released[i].entry->word, EntryState::free);
      all.push_back({index, entries[i], std::move(released[i])});
    }
  }
  return all;
}

}  // namespace kue::worker
