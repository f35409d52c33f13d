// The fence: a write to a running job names its holder, and without that changes nothing.

#include "kue/conformance/cases.hpp"

#include <functional>
#include <map>
#include <string_view>
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
    Finish item = t.to(id, verb == Verb::finish ? State::completed : State::available,
                       verb == Verb::finish ? Reason::completed : Reason::interrupted, 0ms, kOtherHolder);
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
    std::uint32_t const first = t.claim().jobs.at(0).claim.claim_no;
    EXPECT_EQ(t.give_back(id), FinishStatus::applied);
    std::uint32_t const second = t.claim().jobs.at(0).claim.claim_no;
    ASSERT_NE(first, second);
    Finish item = t.to(id, verb == Verb::finish ? State::completed : State::available,
                       verb == Verb::finish ? Reason::completed : Reason::returned);
    item.claim.claim_no = first;
    EXPECT_EQ(verb == Verb::finish ? t.finish(item) : t.release(item), FinishStatus::stale);
    EXPECT_EQ(t.state(id), State::running);
    item.claim.claim_no = second;
    EXPECT_EQ(verb == Verb::finish ? t.finish(item) : t.release(item), FinishStatus::applied);
    EXPECT_EQ(verb == Verb::finish ? t.finish(item) : t.release(item), FinishStatus::already);
    item.claim.claim_no = first;
    EXPECT_EQ(verb == Verb::finish ? t.finish(item) : t.release(item), FinishStatus::stale);
    if (verb == Verb::release) t.cancel(id);
  }
}

FinishStatus write(StoreTest& t, Verb verb, Finish const& item) {
  return verb == Verb::finish ? t.finish(item) : t.release(item);
}

struct Wrong {
  char const* field;
  std::function<void(Claim&)> make;
};

// Each field by itself. The number of another job that waits, and one that no job has.
std::vector<Wrong> wrong_claims(std::int64_t of_another) {
  return {{"holder", [](Claim& claim) { claim.holder ^= 1; }},
          {"no holder", [](Claim& claim) { claim.holder = 0; }},
          {"claim_no, a later one", [](Claim& claim) { claim.claim_no += 1; }},
          {"claim_no 0", [](Claim& claim) { claim.claim_no = 0; }},
          {"seq of another", [=](Claim& claim) { claim.seq = of_another; }},
          {"seq of none", [](Claim& claim) { claim.seq += 1'000'000; }},
          {"seq 0", [](Claim& claim) { claim.seq = 0; }},
          {"queue", [](Claim& claim) { claim.queue = "other"; }},
          {"no queue", [](Claim& claim) { claim.queue.clear(); }},
          {"lane", [](Claim& claim) { claim.lane += 7; }}};
}

void any_field_of_the_claim_wrong_is_stale(StoreTest& t) {
  JobId const id = t.running_job(), another = t.push(t.job("other"));
  JobRecord const before = t.get(id), other_before = t.get(another);
  std::vector<Finish> const ends{t.to(id, State::completed, Reason::completed),
                                 t.to(id, State::retryable, Reason::error),
                                 t.to(id, State::available, Reason::returned)};
  for (Wrong const& wrong : wrong_claims(other_before.seq)) {
    for (Finish item : ends) {
      wrong.make(item.claim);
      Verb const verb = item.transition.reason == Reason::returned ? Verb::release : Verb::finish;
      EXPECT_EQ(write(t, verb, item), FinishStatus::stale) << wrong.field << ", " << to_string(item.transition.to);
      if (verb == Verb::finish) {
        auto const merged = t.store->claim({.node = kNode, .holder = kHolder, .max = 0, .finishes = {&item, 1}});
        EXPECT_EQ(merged.finishes, std::vector{FinishStatus::stale}) << wrong.field << ", with a claim";
      }
      EXPECT_EQ(t.get(id), before) << wrong.field;
      EXPECT_EQ(t.get(another), other_before) << wrong.field;
    }
  }
  EXPECT_EQ(write(t, Verb::finish, ends[0]), FinishStatus::applied);
}

// Beside good ones: the batch is taken apart, and only the wrong one is left out.
void a_wrong_claim_in_a_batch_is_stale_alone(StoreTest& t) {
  for (Wrong const& wrong : wrong_claims(0)) {
    auto const ids = t.push_many(3);
    ASSERT_EQ(t.claim_ids(3), ids);
    std::vector<Finish> batch;
    for (JobId const& id : ids) batch.push_back(t.to(id, State::completed, Reason::completed));
    wrong.make(batch[1].claim);
    EXPECT_EQ(t.store->finish({.items = batch}).statuses,
              (std::vector{FinishStatus::applied, FinishStatus::stale, FinishStatus::applied}))
        << wrong.field;
    EXPECT_EQ(t.state(ids[1]), State::running) << wrong.field;
    EXPECT_EQ(t.complete(ids[1]), FinishStatus::applied) << wrong.field;
  }
}

void a_wrong_claim_of_a_final_job_is_stale(StoreTest& t) {
  JobId const id = t.running_job();
  Finish const good = t.to(id, State::completed, Reason::completed);
  ASSERT_EQ(t.finish(good), FinishStatus::applied);
  JobRecord const before = t.get(id);
  for (Wrong const& wrong : wrong_claims(0)) {
    if (std::string_view(wrong.field) == "lane")
      continue;  // who has ended stands in none; a store may have forgotten it
    Finish item = good;
    wrong.make(item.claim);
    EXPECT_EQ(t.finish(item), FinishStatus::stale) << wrong.field;
  }
  EXPECT_EQ(t.finish(good), FinishStatus::already);
  EXPECT_EQ(t.get(id), before);
}

// Whole, so that whoever lost the answer of a claim can go on with what running() says.
void the_claim_handed_out_is_the_claim_of_running(StoreTest& t) {
  JobId const again = t.push(t.job("mail", -3));
  for (int run = 0; run < 2; ++run) {
    ASSERT_EQ(t.claim_ids(), std::vector{again});
    ASSERT_EQ(t.give_back(again), FinishStatus::applied);
  }
  t.push_many(3);
  t.push(t.job("other", 9));
  t.push(t.job_at(t.clock.now() + 1s));
  t.clock.advance(1s);
  std::map<JobId, Claim> handed_out;
  for (int max : {1, 2, 3}) {
    for (Claimed const& job : t.claim(max, {}, max == 2 ? kOtherHolder : kHolder).jobs) {
      EXPECT_EQ(job.claim.id, job.job.id);
      EXPECT_EQ(job.claim.queue, job.job.queue);
      EXPECT_EQ(job.claim.holder, max == 2 ? kOtherHolder : kHolder);
      handed_out[job.job.id] = job.claim;
    }
  }
  ASSERT_EQ(handed_out.size(), 6u);
  EXPECT_EQ(handed_out.at(again).claim_no, 3u);
  std::map<JobId, Claim> running;
  for (RunningJob const& job : t.store->running({})) running[job.claim.id] = job.claim;
  EXPECT_EQ(running, handed_out);
  for (auto const& [id, claim] : running) {
    Finish const item{.claim = claim, .transition = {State::completed, Reason::completed}};
    EXPECT_EQ(t.finish(item), FinishStatus::applied);
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
          {"fence", "any_field_of_the_claim_wrong_is_stale", any_field_of_the_claim_wrong_is_stale},
          {"fence", "a_wrong_claim_in_a_batch_is_stale_alone", a_wrong_claim_in_a_batch_is_stale_alone},
          {"fence", "a_wrong_claim_of_a_final_job_is_stale", a_wrong_claim_of_a_final_job_is_stale},
          {"fence", "the_claim_handed_out_is_the_claim_of_running", the_claim_handed_out_is_the_claim_of_running},
          {"fence", "a_dead_nodes_holder_may_still_finish", a_dead_nodes_holder_may_still_finish}};
}

}  // namespace kue::testing
