#include "kue/worker/keeper/reconcile.hpp"

#include <algorithm>

namespace kue::worker {
namespace {

constexpr Millis kTwoCalls{10'000};  // twice the longest that a call of a store may take: it may still be on its way

Slot const* slot_of(Scoreboard const& board, std::uint64_t holder) {
  auto const found = std::find_if(board.begin(), board.end(), [&](Slot const& slot) {
    return slot.state_now() != SlotState::free && slot.holder.load() == holder;
  });
  return found == board.end() ? nullptr : found;
}

}  // namespace

void Reconciler::look(Store& store, Scoreboard& board, SteadyPoint now) {
  // Order: entries, then rows, then slots. A run that begins or ends in between is then on neither list of differences.
  std::map<Key, Slot*> running_before;
  for (Slot& slot : board) {
    if (slot.state_now() != SlotState::live) continue;
    slot.for_each_entry([&](int index, EntryWord word) {
      if (word.state != EntryState::running) return;
      if (auto const view = slot.read(index)) running_before[{view->claim.id, view->claim.claim_no}] = &slot;
    });
  }
  std::vector<RunningJob> const rows = store.running({.node = node_});
  release_lost(store, rows, board, now);
  stop_strangers(rows, running_before);
}

void Reconciler::release_lost(Store& store, std::vector<RunningJob> const& rows, Scoreboard const& board,
                              SteadyPoint now) {
  std::map<Key, SteadyPoint> lost;
  Releaser releaser{store, node_};
  for (RunningJob const& row : rows) {
    Slot const* const slot = slot_of(board, row.claim.holder);
    if (slot != nullptr && (slot->state_now() == SlotState::dead || slot->has_entry(row.claim))) continue;
    Key const key{row.claim.id, row.claim.claim_no};
    auto const seen = rows_in_no_entry_.find(key);
    lost[key] = seen == rows_in_no_entry_.end() ? now : seen->second;
    // A living holder may not have noted yet what it has just claimed; a dead one will never.
    if (slot != nullptr && now - lost[key] < kTwoCalls) continue;
    Released const released = releaser.write(row, std::nullopt, {.kind = why_});
    store.wake(std::span(&row.claim.queue, 1));
    log_.warn("job={} was claimed for nobody ({}); {}", released.name(),
              why_ == Outcome::Kind::lost_call ? "the answer was lost" : "the store was restarted meanwhile",
              describe_release(released));
    lost.erase(key);
  }
  if (lost.empty()) why_ = Outcome::Kind::lost_call;
  rows_in_no_entry_ = std::move(lost);
}

void Reconciler::stop_strangers(std::vector<RunningJob> const& rows, std::map<Key, Slot*> const& running_before) {
  std::map<Key, Slot*> strangers;
  for (auto const& [key, slot] : running_before) {
    bool const ours = std::any_of(rows.begin(), rows.end(), [&](RunningJob const& row) {
      return Key{row.claim.id, row.claim.claim_no} == key;
    });
    if (ours) continue;
    auto const before = not_ours_.find(key);
    if (before != not_ours_.end() && before->second == slot) {  // the second look: no write of it is on its way
      log_.warn("job #{} runs in child {} and is no longer ours in the store; the child is asked to stop",
                key.first.str(), slot->pid.load());
      slot->ask_to_stop();
    }
    strangers[key] = slot;
  }
  not_ours_ = std::move(strangers);
}

}  // namespace kue::worker
