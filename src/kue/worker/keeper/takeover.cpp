#include "kue/worker/keeper/takeover.hpp"

namespace kue::worker {
namespace {

bool waits(EntryState state) { return state == EntryState::held || state == EntryState::done || is_taken(state); }

bool anything_waits(Slot const& slot) {
  return slot.lines.any() || slot.any_entry([](int, EntryWord word) { return waits(word.state); });
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

bool take(Slot& slot, int entry, EntryWord word, SteadyPoint now) {
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

// What is taken of one child, with the entry of each.
struct Loot {
  std::vector<Released> released;
  std::vector<int> entries;
};

Loot take_from(Slot& slot, std::uint64_t node, SteadyPoint now) {
  Loot loot;
  slot.for_each_entry([&](int index, EntryWord word) {
    if (!take(slot, index, word, now)) return;
    std::optional<EntryView> const view = slot.read(index);
    if (!view || !is_taken(view->word.state)) return;  // damaged: its process is not well, and its death will settle it
    loot.released.push_back({.row = row_of(*view, slot.holder.load(), node),
                             .entry = *view,
                             .outcome = view->outcome.value_or(Outcome{.kind = Outcome::Kind::returned}),
                             .transition = {}});
    loot.entries.push_back(index);
  });
  return loot;
}

}  // namespace

std::vector<Takeover::Taken> Takeover::look(Store& store, std::uint64_t node, Scoreboard& board, SteadyPoint now) {
  std::vector<Taken> all;
  waiting_ = false;
  for (Slot& slot : board) {
    if (!slot.is_child() || !slot.is_alive() || !keep_watching(slot)) continue;
    waiting_ = true;
    if (slot.lines.wait_since_before(now - kLineTooLong)) slot.lines.write_for_another();
    auto [released, entries] = take_from(slot, node, now);
    if (released.empty()) continue;
    Releaser{store, node, slot.pid.load()}.write_all(released);
    for (std::size_t i = 0; i < released.size(); ++i) {
      slot.change(entries[i], released[i].entry->word, EntryState::free);
      all.push_back({slot.pid.load(), std::move(released[i])});
    }
  }
  return all;
}

}  // namespace kue::worker
