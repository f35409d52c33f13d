#include "kue/worker/cancels.hpp"

namespace kue::worker {
namespace {

bool ask_in(Slot& slot, RunningJob const& row, SteadyPoint now) {
  for (int index = 0; index < limits::kMaxBatch; ++index) {
    EntryWord const word = slot.word(index);
    if (word.state != EntryState::running) continue;
    std::optional<EntryView> const entry = slot.read(index);
    bool const its = entry && entry->word == word && entry->id == row.id && entry->claim_no == row.claim_no;
    if (its) return slot.ask_to_cancel(index, word, now);
  }
  return false;  // not begun, or just over: the store does not let it wait again
}

}  // namespace

int pass_on_cancels(Store& store, std::uint64_t node, Scoreboard& board, SteadyPoint now, Logger log) {
  int asked = 0;
  for (RunningJob const& row : store.running({.node = node})) {
    if (!row.cancel_asked_at) continue;
    for (int index = 0; index < board.slots(); ++index) {
      Slot& slot = board.slot(index);
      if (slot.state_now() != SlotState::live || slot.holder.load() != row.holder || !ask_in(slot, row, now)) continue;
      log.info("child {} is asked to end job={}#{}, which was cancelled", slot.pid.load(), row.kind, row.id.str());
      ++asked;
    }
  }
  return asked;
}

}  // namespace kue::worker
