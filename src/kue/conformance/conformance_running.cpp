#include "kue/conformance/cases.hpp"

#include <set>

namespace kue::testing {

using namespace std::chrono_literals;

namespace {

std::set<JobId> ids(std::vector<RunningJob> const& jobs) {
  std::set<JobId> found;
  for (RunningJob const& job : jobs) found.insert(job.claim.id);
  EXPECT_EQ(found.size(), jobs.size());
  return found;
}

void says_who_has_what(StoreTest& t) {
  Envelope envelope = t.job("billing");
  envelope.kind = "shop::Invoice";
  JobId const id = t.push(envelope);
  t.clock.advance(2s);
  t.claim();
  auto const jobs = t.store->running({});
  ASSERT_EQ(jobs.size(), 1u);
  EXPECT_EQ(jobs[0].claim.id, id);
  EXPECT_EQ(jobs[0].kind, "shop::Invoice");
  EXPECT_EQ(jobs[0].claim.queue, "billing");
  EXPECT_EQ(jobs[0].claim.holder, kHolder);
  EXPECT_EQ(jobs[0].node, kNode);
  EXPECT_EQ(jobs[0].claim.claim_no, 1u);
  EXPECT_EQ(jobs[0].tally, Tally());
  EXPECT_EQ(jobs[0].claimed_at, t.clock.now());
}

void of_a_node_or_a_holder(StoreTest& t) {
  t.store->beat({.node = kOtherNode, .name = "there", .pid = 2});
  JobId const a = t.push(t.job()), b = t.push(t.job()), c = t.push(t.job()), d = t.push(t.job());
  t.claim(1, {}, kHolder, kNode);
  t.claim(1, {}, kOtherHolder, kNode);
  t.claim(1, {}, 303, kOtherNode);
  EXPECT_EQ(ids(t.store->running({})), (std::set{a, b, c}));
  EXPECT_EQ(ids(t.store->running({.node = kNode})), (std::set{a, b}));
  EXPECT_EQ(ids(t.store->running({.node = kOtherNode})), std::set{c});
  EXPECT_EQ(ids(t.store->running({.holder = kOtherHolder})), std::set{b});
  EXPECT_EQ(ids(t.store->running({.node = kNode, .holder = kHolder})), std::set{a});
  EXPECT_TRUE(t.store->running({.node = kOtherNode, .holder = kHolder}).empty());
  EXPECT_EQ(t.state(d), State::available);
}

void ends_with_the_run(StoreTest& t) {
  auto const jobs = t.push_many(4);
  t.claim(4);
  t.complete(jobs[0]);
  t.fail(jobs[1], 1h);
  t.give_back(jobs[2]);
  EXPECT_EQ(ids(t.store->running({})), std::set{jobs[3]});
}

void claimed_at_is_of_the_last_claim(StoreTest& t) {
  JobId const id = t.running_job();
  t.give_back(id);
  t.clock.advance(9s);
  t.claim();
  auto const jobs = t.store->running({});
  ASSERT_EQ(jobs.size(), 1u);
  EXPECT_EQ(jobs[0].claimed_at, t.clock.now());
  EXPECT_EQ(jobs[0].claim.claim_no, 2u);
}

}  // namespace

Cases running_cases() {
  return {{"running", "says_who_has_what", says_who_has_what},
          {"running", "of_a_node_or_a_holder", of_a_node_or_a_holder},
          {"running", "ends_with_the_run", ends_with_the_run},
          {"running", "claimed_at_is_of_the_last_claim", claimed_at_is_of_the_last_claim}};
}

}  // namespace kue::testing
