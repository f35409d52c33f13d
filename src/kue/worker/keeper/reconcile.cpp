#include "kue/worker/keeper/reconcile.hpp"

#include <algorithm>

namespace kue::worker {
namespace {

constexpr Millis kTwoCalls{10'000};  // twice the longest that a call of a store may take: it may still be on its way

bool in_use(SlotState state) { return state != SlotState::free; }

Slot const* slot_of(Scoreboard const& board, std::uint64_t holder) {
  for (int index = 0; index < board.slots(); ++index) {
    Slot const& slot = board.slot(index);
    if (in_use(slot.state_now()) && slot.holder.load() == holder) return &slot;
  }
  return nullptr;
}

}  // namespace

void Reconciler::look(Store& store, Scoreboard& board, SteadyPoint now) {
  // Order: entries, then rows, then slots. A run that begins or ends in between is then on neither list of differences.
  std::map<Key, int> running_before;
  for (int index = 0; index < board.slots(); ++index) {
    Slot const& slot = board.slot(index);
    if (slot.state_now() != SlotState::live) continue;
    for (int entry = 0; entry < limits::kMaxBatch; ++entry) {
      if (slot.word(entry).state != EntryState::running) continue;
      if (auto const view = slot.read(entry)) running_before[{view->claim.id, view->claim.claim_no}] = index;
    }
  }
  std::vector<RunningJob> const rows = store.running({.node = node_});
  release_lost(store, rows, board, now);
  stop_strangers(rows, board, running_before);
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
    log_.warn("job={}#{} was claimed for nobody ({}); {}", row.kind, row.claim.id.str(),
              why_ == Outcome::Kind::lost_call ? "the answer was lost" : "the store was restarted meanwhile",
              describe_release(released));
    lost.erase(key);
  }
  if (lost.empty()) why_ = Outcome::Kind::lost_call;
  rows_in_no_entry_ = std::move(lost);
}

void Reconciler::stop_strangers(std::vector<RunningJob> const& rows, Scoreboard& board,
                                std::map<Key, int> const& running_before) {
  std::map<Key, int> strangers;
  for (auto const& [key, index] : running_before) {
    bool const ours = std::any_of(rows.begin(), rows.end(), [&](RunningJob const& row) {
      return Key{row.claim.id, row.claim.claim_no} == key;
    });
    if (ours) continue;
    auto const before = not_ours_.find(key);
    if (before != not_ours_.end() && before->second == index) {  // the second look: no write of it is on its way
      log_.warn("job #{} runs in child {} and is no longer ours in the store; the child is asked to stop",
                key.first.str(), board.slot(index).pid.load());
      board.slot(index).ask_to_stop();
    }
    strangers[key] = index;
  }
  not_ours_ = std::move(strangers);
}

}  // namespace kue::worker
