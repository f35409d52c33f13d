#include "kue/worker/keeper/cancels.hpp"

namespace kue::worker {
namespace {

bool ask_in(Slot& slot, RunningJob const& row, SteadyPoint now) {
  for (int index = 0; index < limits::kMaxBatch; ++index) {
    EntryWord const word = slot.word(index);
    if (word.state != EntryState::running && word.state != EntryState::held) continue;
    std::optional<EntryView> const entry = slot.read(index);
    bool const its = entry && entry->word == word && entry->is(row.claim);
    if (!its) continue;
    // Not begun: taken from the child, and what the keeper gives back of a marked job is cancelled by the store.
    if (word.state == EntryState::held) return slot.change(index, word, EntryState::taken_held);
    return slot.ask_to_cancel(index, word, now);
  }
  return false;  // not begun, or just over: the store does not let it wait again
}

// An idle worker asks the store nothing: nobody could be told.
bool anything_to_cancel(Scoreboard const& board) {
  for (int index = 0; index < board.slots(); ++index) {
    Slot const& slot = board.slot(index);
    if (slot.state_now() != SlotState::live) continue;
    for (int entry = 0; entry < limits::kMaxBatch; ++entry) {
      EntryState const state = slot.word(entry).state;
      if (state == EntryState::running || state == EntryState::held) return true;
    }
  }
  return false;
}

}  // namespace

int pass_on_cancels(Store& store, std::uint64_t node, Scoreboard& board, SteadyPoint now, Logger log) {
  if (!anything_to_cancel(board)) return 0;
  int asked = 0;
  for (RunningJob const& row : store.running({.node = node})) {
    if (!row.cancel_asked_at) continue;
    for (int index = 0; index < board.slots(); ++index) {
      Slot& slot = board.slot(index);
      if (slot.state_now() != SlotState::live || slot.holder.load() != row.claim.holder || !ask_in(slot, row, now))
        continue;
      log.info("child {} is asked to end job={}#{}, which was cancelled", slot.pid.load(), row.kind,
               row.claim.id.str());
      ++asked;
    }
  }
  return asked;
}

}  // namespace kue::worker
