#include "kue/worker/keeper/burial.hpp"

namespace kue::worker {
namespace {

std::vector<Released> give_back(Post const& post, Store& store, Slot const& slot, Death const& death) {
  std::vector<Released> released = release_holder(store, post.node, slot, death, post.options().hard_timeout_grace);
  std::vector<std::string> queues;
  for (Released const& one : released) queues.push_back(one.row.claim.queue);
  if (!queues.empty()) store.wake(queues);
  return released;
}

}  // namespace

bool bury_dead(Post const& post, Store* store, Teller& teller, OomCounter& oom) {
  bool freed = false;
  for (Slot& slot : post.board) {
    if (slot.state_now() != SlotState::dead) continue;
    if (slot.is_child()) {
      slot.lines.write_for_another();  // if there was no master to do it
      Death const death{.wait_status = slot.wait_status.load(), .cause = slot.cause(), .out_of_memory = oom.rose()};
      bool const held = store != nullptr && slot.holder.load() != 0;
      teller.tell_death(slot, death, held ? give_back(post, *store, slot, death) : std::vector<Released>());
    }
    freed = slot.change(SlotState::dead, SlotState::free) || freed;
  }
  return freed;
}

}  // namespace kue::worker
