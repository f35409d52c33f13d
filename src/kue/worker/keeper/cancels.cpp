#include "kue/worker/keeper/cancels.hpp"

#include <algorithm>

namespace kue::worker {
namespace {

bool is_before_its_end(EntryState state) { return state == EntryState::running || state == EntryState::held; }

// True: it is asked now, and was not before. Nothing is found if it has not been noted yet, or is just over: the store
// does not let it wait again.
bool ask_in(Slot& slot, RunningJob const& row, SteadyPoint now, Logger& log) {
  return slot.any_entry([&](int index, EntryWord word) {
    if (!is_before_its_end(word.state)) return false;
    std::optional<EntryView> const entry = slot.read(index);
    if (!entry || entry->word != word || !entry->is(row.claim)) return false;
    if (word.state == EntryState::running) {
      if (!slot.ask_to_cancel(index, word, now)) return false;
      log.info("child {} is asked to end job={}, which was cancelled", slot.pid.load(), entry->name());
      return true;
    }
    // Not begun: taken from the child, and what the keeper gives back of a marked job is cancelled by the store.
    if (!slot.change(index, word, EntryState::taken_held)) return false;
    log.info("job={} was cancelled before child {} began it", entry->name(), slot.pid.load());
    return true;
  });
}

// An idle worker asks the store nothing: nobody could be told.
bool anything_to_cancel(Scoreboard const& board) {
  return std::any_of(board.begin(), board.end(), [](Slot const& slot) {
    return slot.state_now() == SlotState::live &&
           slot.any_entry([](int, EntryWord word) { return is_before_its_end(word.state); });
  });
}

}  // namespace

int pass_on_cancels(Store& store, std::uint64_t node, Scoreboard& board, SteadyPoint now, Logger log) {
  if (!anything_to_cancel(board)) return 0;
  int asked = 0;
  for (RunningJob const& row : store.running({.node = node})) {
    if (!row.cancel_asked_at) continue;
    for (Slot& slot : board) {
      if (slot.state_now() != SlotState::live || slot.holder.load() != row.claim.holder) continue;
      if (ask_in(slot, row, now, log)) ++asked;
    }
  }
  return asked;
}

}  // namespace kue::worker
