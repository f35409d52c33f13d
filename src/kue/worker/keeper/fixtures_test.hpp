#pragma once
// What tests of the keeper's looks share: a store, a scoreboard, a job that a child has claimed, and a time that is the
// test's.

#include "kue/worker/board/scoreboard.hpp"

#include <kue/store.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <span>

namespace kue::worker::test {

constexpr std::uint64_t kNode = 11, kHolder = 22;

struct StoreAndScoreboard : ::testing::Test {
  std::shared_ptr<Store> store = open_store("memory:");
  Scoreboard board{1};
  SteadyPoint now{Millis(1'000'000)};

  StoreAndScoreboard() { store->beat({.node = kNode, .name = "here", .pid = 1}); }

  Slot& live_slot() {
    Slot& slot = board.slot(board.take_free_slot(Role::child));
    slot.holder = kHolder;
    slot.change(SlotState::starting, SlotState::live);
    return slot;
  }
  Delivery claim() {  // of a job of its own
    Envelope job;
    job.id = JobId::make();
    job.kind = "Some";
    store->push({.jobs = std::span(&job, 1)});
    return claim_again();
  }
  Delivery claim_again() {
    Claimed const claimed = store->claim({.node = kNode, .holder = kHolder}).jobs.at(0);
    return {.job = claimed.job, .claim = claimed.claim, .attempt = claimed.tally.attempt + 1, .tally = claimed.tally};
  }
  State state(Delivery const& delivery) { return store->get(delivery.job.id)->state; }
};

}  // namespace kue::worker::test
