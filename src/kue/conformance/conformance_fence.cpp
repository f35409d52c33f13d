// The fence: a write to a running job names its holder, and without that changes nothing.

#include "kue/conformance/cases.hpp"

#include <utility>

namespace kue::testing {

using namespace std::chrono_literals;

namespace {

FinishStatus write(StoreTest& t, Verb verb, JobId id, std::uint64_t holder = kHolder) {
  if (verb == Verb::finish) return t.finish(t.to(id, State::retryable, Reason::error, 1h, holder));
  return t.release(t.to(id, State::available, Reason::returned, 0ms, holder));
}

constexpr Verb kBoth[] = {Verb::finish, Verb::release};

void the_wrong_holder_changes_nothing(StoreTest& t) {
  for (Verb const verb : kBoth) {
    JobId const id = t.running_job();
    JobRecord const before = t.get(id);
    Finish item =
        t.to(id, verb == Verb::finish ? State::completed : State::available, verb == Verb::finish ? Reason::completed : Reason::interrupted, 0ms, kOtherHolder);
    item.attempt = attempt_of(9, Reason::error, "not mine");
    item.result = "\"not mine\"";
    item.started_at = t.clock.now();
    item.transition.tally.attempt = 9;
    EXPECT_EQ(verb == Verb::finish ? t.finish(item) : t.release(item), FinishStatus::stale);
    EXPECT_EQ(t.get(id), before);
  }
}

void nobody_is_not_a_holder(StoreTest& t) {
  JobId const id = t.push(t.job());
  for (Verb const verb : kBoth) EXPECT_EQ(write(t, verb, id, 0), FinishStatus::stale);
  EXPECT_EQ(t.state(id), State::available);
}

void a_job_never_claimed(StoreTest& t) {
  JobId const id = t.push(t.job());
  for (Verb const verb : kBoth) EXPECT_EQ(write(t, verb, id), FinishStatus::stale);
  EXPECT_EQ(t.state(id), State::available);
  EXPECT_EQ(t.get(id).holder, 0u);
}

void an_unknown_job(StoreTest& t) {
  for (Verb const verb : kBoth) EXPECT_EQ(write(t, verb, JobId::make()), FinishStatus::stale);
  EXPECT_TRUE(t.all().empty());
}

void repeating_is_already(StoreTest& t) {
  for (Verb const first : kBoth) {
    for (Verb const second : kBoth) {
      JobId const id = t.push(t.job("default", limits::kMinPriority));
      ASSERT_EQ(t.claim_ids(), std::vector{id});
      EXPECT_EQ(write(t, first, id), FinishStatus::applied);
      JobRecord const before = t.get(id);
      t.clock.advance(1s);
      EXPECT_EQ(write(t, second, id), FinishStatus::already);
      EXPECT_EQ(write(t, second, id), FinishStatus::already);
      EXPECT_EQ(t.get(id), before);
      t.cancel(id);
    }
  }
}

void repeating_a_completion_is_already(StoreTest& t) {
  JobId const id = t.running_job();
  EXPECT_EQ(t.complete(id), FinishStatus::applied);
  JobRecord const before = t.get(id);
  t.clock.advance(1s);
  EXPECT_EQ(t.complete(id), FinishStatus::already);
  EXPECT_EQ(t.give_back(id), FinishStatus::already);
  EXPECT_EQ(t.get(id), before);
}

void after_another_has_claimed_it_is_stale(StoreTest& t) {
  for (Verb const verb : kBoth) {
    JobId const id = t.push(t.job("default", limits::kMinPriority));
    ASSERT_EQ(t.claim_ids(), std::vector{id});
    t.give_back(id);
    ASSERT_EQ(ids_of(t.claim(1, {}, kOtherHolder).jobs), std::vector{id});
    EXPECT_EQ(write(t, verb, id), FinishStatus::stale);
    EXPECT_EQ(t.state(id), State::running);
    EXPECT_EQ(t.get(id).holder, kOtherHolder);
  }
}

void after_another_has_finished_it_is_stale(StoreTest& t) {
  JobId const id = t.running_job();
  t.give_back(id);
  t.claim(1, {}, kOtherHolder);
  EXPECT_EQ(t.complete(id, kOtherHolder), FinishStatus::applied);
  for (Verb const verb : kBoth) EXPECT_EQ(write(t, verb, id), FinishStatus::stale);
  EXPECT_EQ(t.state(id), State::completed);
}

void after_prune_is_stale(StoreTest& t) {
  JobId const id = t.running_job();
  t.complete(id);
  t.clock.advance(limits::kKeepCompleted + 1s);
  EXPECT_EQ(t.store->prune({}).pruned, 1);
  for (Verb const verb : kBoth) EXPECT_EQ(write(t, verb, id), FinishStatus::stale);
}

void holders_differ_in_any_bit(StoreTest& t) {
  JobId const id = t.running_job();
  for (int bit = 0; bit < 64; ++bit) {
    EXPECT_EQ(write(t, Verb::finish, id, kHolder ^ (std::uint64_t{1} << bit)), FinishStatus::stale) << "bit " << bit;
  }
  EXPECT_EQ(t.complete(id), FinishStatus::applied);
}

// A holder may claim the same job twice; a late word about its first claim must not end the second.
void an_earlier_claim_of_the_same_holder_is_stale(StoreTest& t) {
  for (Verb const verb : kBoth) {
    JobId const id = t.push(t.job("default", limits::kMinPriority));
    std::uint32_t const first = t.claim().jobs.at(0).claim_no;
    EXPECT_EQ(t.give_back(id), FinishStatus::applied);
    std::uint32_t const second = t.claim().jobs.at(0).claim_no;
    ASSERT_NE(first, second);
    Finish item = t.to(id, verb == Verb::finish ? State::completed : State::available, verb == Verb::finish ? Reason::completed : Reason::returned);
    item.claim_no = first;
    EXPECT_EQ(verb == Verb::finish ? t.finish(item) : t.release(item), FinishStatus::stale);
    EXPECT_EQ(t.state(id), State::running);
    item.claim_no = second;
    EXPECT_EQ(verb == Verb::finish ? t.finish(item) : t.release(item), FinishStatus::applied);
    EXPECT_EQ(verb == Verb::finish ? t.finish(item) : t.release(item), FinishStatus::already);
    item.claim_no = first;
    EXPECT_EQ(verb == Verb::finish ? t.finish(item) : t.release(item), FinishStatus::stale);
    if (verb == Verb::release) t.cancel(id);
  }
}

void a_dead_nodes_holder_may_still_finish(StoreTest& t) {
  JobId const id = t.running_job();
  EXPECT_TRUE(t.store->rescue({.node = kNode, .beat_seen = t.store->nodes().at(0).beat}).dead);
  EXPECT_EQ(t.complete(id), FinishStatus::applied);  // nobody has released it yet: the run counts
  EXPECT_EQ(t.state(id), State::completed);
}

}  // namespace

Cases fence_cases() {
  return {{"fence", "the_wrong_holder_changes_nothing", the_wrong_holder_changes_nothing},
          {"fence", "nobody_is_not_a_holder", nobody_is_not_a_holder},
          {"fence", "a_job_never_claimed", a_job_never_claimed},
          {"fence", "an_unknown_job", an_unknown_job},
          {"fence", "repeating_is_already", repeating_is_already},
          {"fence", "repeating_a_completion_is_already", repeating_a_completion_is_already},
          {"fence", "after_another_has_claimed_it_is_stale", after_another_has_claimed_it_is_stale},
          {"fence", "after_another_has_finished_it_is_stale", after_another_has_finished_it_is_stale},
          {"fence", "after_prune_is_stale", after_prune_is_stale},
          {"fence", "holders_differ_in_any_bit", holders_differ_in_any_bit},
          {"fence", "an_earlier_claim_of_the_same_holder_is_stale", an_earlier_claim_of_the_same_holder_is_stale},
          {"fence", "a_dead_nodes_holder_may_still_finish", a_dead_nodes_holder_may_still_finish}};
}

}  // namespace kue::testing
