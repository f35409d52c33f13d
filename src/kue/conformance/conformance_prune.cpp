#include "kue/conformance/cases.hpp"

namespace kue::testing {

using namespace std::chrono_literals;

namespace {

PruneRequest keeping(std::int64_t completed_count) {
  return {.retention = {.usual = {.completed_count = completed_count}}};
}

void completed_and_cancelled_by_age(StoreTest& t) {
  JobId const completed = t.in_state(State::completed, t.job()), cancelled = t.in_state(State::cancelled, t.job());
  t.clock.advance(23h);
  EXPECT_EQ(t.store->prune({}).pruned, 0);
  JobId const young = t.in_state(State::completed, t.job());
  t.clock.advance(2h);
  auto const result = t.store->prune({});
  EXPECT_EQ(result.pruned, 2);
  EXPECT_FALSE(result.more);
  EXPECT_EQ(t.store->get(completed), std::nullopt);
  EXPECT_EQ(t.store->get(cancelled), std::nullopt);
  EXPECT_EQ(t.state(young), State::completed);
}

void discarded_by_their_own_age(StoreTest& t) {
  JobId const id = t.in_state(State::discarded, t.job());
  t.clock.advance(limits::Days(179));
  EXPECT_EQ(t.store->prune({}).pruned, 0);
  EXPECT_EQ(t.state(id), State::discarded);
  t.clock.advance(limits::Days(2));
  EXPECT_EQ(t.store->prune({}).pruned, 1);
  EXPECT_EQ(t.store->get(id), std::nullopt);
}

void by_other_ages(StoreTest& t) {
  t.in_state(State::completed, t.job());
  t.in_state(State::discarded, t.job());
  t.clock.advance(10s);
  EXPECT_EQ(t.store->prune({.retention = {.usual = {.completed = 11s, .discarded = 11s}}}).pruned, 0);
  EXPECT_EQ(t.store->prune({.retention = {.usual = {.completed = 9s, .discarded = 11s}}}).pruned, 1);
  EXPECT_EQ(t.counts("default").of(State::discarded), 1);
  EXPECT_EQ(t.store->prune({.retention = {.usual = {.completed = 9s, .discarded = 9s}}}).pruned, 1);
  EXPECT_TRUE(t.all().empty());
}

// Age counts from the end, not from the push.
void age_counts_from_the_end(StoreTest& t) {
  JobId const id = t.push(t.job());
  t.clock.advance(limits::Days(30));
  t.claim();
  t.complete(id);
  EXPECT_EQ(t.store->prune({}).pruned, 0);
  EXPECT_EQ(t.state(id), State::completed);
}

void the_newest_are_kept_up_to_a_number(StoreTest& t) {
  std::vector<JobId> ids;
  for (int i = 0; i < 10; ++i) {
    ids.push_back(t.in_state(i % 3 ? State::completed : State::cancelled, t.job()));
    t.clock.advance(1s);
  }
  auto const result = t.store->prune(keeping(4));
  EXPECT_EQ(result.pruned, 6);
  EXPECT_FALSE(result.more);
  EXPECT_EQ(ids_of(t.all()), std::vector(ids.begin() + 6, ids.end()));
}

void discarded_jobs_are_not_in_that_number(StoreTest& t) {
  for (int i = 0; i < 5; ++i) t.in_state(State::discarded, t.job());
  t.in_state(State::completed, t.job());
  t.clock.advance(1s);
  EXPECT_EQ(t.store->prune(keeping(1)).pruned, 0);
}

void a_call_is_bounded(StoreTest& t) {
  auto const ids = t.push_many(25);
  t.store->cancel({.ids = ids});
  t.clock.advance(48h);
  for (std::int64_t const expected : {10, 10, 5}) {
    auto const result = t.store->prune({.limit = 10});
    EXPECT_EQ(result.pruned, expected);
    EXPECT_EQ(result.more, expected == 10);
  }
  EXPECT_EQ(t.store->prune({.limit = 10}).pruned, 0);
  EXPECT_TRUE(t.all().empty());
}

void the_oldest_go_first(StoreTest& t) {
  JobId const first = t.in_state(State::completed, t.job());
  t.clock.advance(1s);
  JobId const second = t.in_state(State::completed, t.job());
  t.clock.advance(48h);
  auto const result = t.store->prune({.limit = 1});
  EXPECT_EQ(result.pruned, 1);
  EXPECT_TRUE(result.more);
  EXPECT_EQ(t.store->get(first), std::nullopt);
  EXPECT_TRUE(t.store->get(second).has_value());
}

void a_queue_has_a_retention_of_its_own(StoreTest& t) {
  JobId const usual = t.in_state(State::completed, t.job()), mail = t.in_state(State::completed, t.job("mail"));
  JobId const lost = t.in_state(State::discarded, t.job("mail"));
  t.clock.advance(2h);
  PruneRequest request{.retention = {.usual = {.completed = 3h},
                                     .queues = {{"mail", {.completed = 1h, .discarded = limits::kForever}}}}};
  auto const first = t.store->prune(request);
  EXPECT_EQ(first.by_queue, (std::map<std::string, std::int64_t>{{"mail", 1}}));
  EXPECT_EQ(t.store->get(mail), std::nullopt);
  t.clock.advance(limits::Days(1000));
  auto const second = t.store->prune(request);
  EXPECT_EQ(second.by_queue, (std::map<std::string, std::int64_t>{{"default", 1}}));
  EXPECT_EQ(t.store->get(usual), std::nullopt);
  EXPECT_EQ(t.state(lost), State::discarded) << "kept forever";
}

void the_number_is_of_each_queue(StoreTest& t) {
  for (int i = 0; i < 3; ++i) {
    for (auto const* queue : {"a", "b", "c"}) t.in_state(State::completed, t.job(queue));
  }
  PruneRequest const request{.retention = {.usual = {.completed_count = 2}, .queues = {{"b", {.completed_count = 0}}}}};
  auto const result = t.store->prune(request);
  EXPECT_EQ(result.pruned, 5);
  EXPECT_EQ(result.by_queue, (std::map<std::string, std::int64_t>{{"a", 1}, {"b", 3}, {"c", 1}}));
  EXPECT_EQ(t.counts("a").of(State::completed), 2);
}

void nothing_is_kept_that_is_kept_for_no_time(StoreTest& t) {
  t.in_state(State::completed, t.job());
  t.in_state(State::discarded, t.job());
  t.clock.advance(1ms);
  EXPECT_EQ(t.store->prune({.retention = {.usual = {.completed = 0ms, .discarded = 0ms}}}).pruned, 2);
}

void one_queue_alone(StoreTest& t) {
  JobId const other = t.in_state(State::completed, t.job("other"));
  t.in_state(State::completed, t.job("mail"));
  t.clock.advance(48h);
  EXPECT_EQ(t.store->prune({.queue = "mail"}).pruned, 1);
  EXPECT_EQ(t.store->prune({.queue = "nowhere"}).pruned, 0);
  EXPECT_EQ(t.state(other), State::completed);
}

// Counts what all calls together would prune.
void a_dry_run_changes_nothing(StoreTest& t) {
  auto const ids = t.push_many(25);
  t.store->cancel({.ids = ids});
  t.in_state(State::discarded, t.job("mail"));
  t.clock.advance(48h);
  PruneRequest request{.retention = {.usual = {.completed_count = 10}, .queues = {{"mail", {.discarded = 1h}}}},
                       .limit = 7,
                       .dry_run = true};
  auto const result = t.store->prune(request);
  EXPECT_EQ(result.pruned, 26);
  EXPECT_FALSE(result.more);
  EXPECT_EQ(result.by_queue, (std::map<std::string, std::int64_t>{{"default", 25}, {"mail", 1}}));
  EXPECT_EQ(t.all().size(), 26u);
  request.retention.usual.completed = limits::Days(3);
  EXPECT_EQ(t.store->prune(request).pruned, 16) << "too many, though young";
}

void what_is_not_final_stays(StoreTest& t) {
  for (State const state : {State::scheduled, State::available, State::running, State::retryable})
    t.in_state(state, t.job());
  t.clock.advance(limits::Days(1000));
  EXPECT_EQ(t.store->prune({.retention = {.usual = {.completed = 0ms, .discarded = 0ms, .completed_count = 0}}}).pruned,
            0);
  EXPECT_EQ(t.all().size(), 4u);
}

void a_retried_job_stays(StoreTest& t) {
  JobId const id = t.in_state(State::cancelled, t.job());
  t.clock.advance(48h);
  t.retry(id);
  EXPECT_EQ(t.store->prune({}).pruned, 0);
  EXPECT_EQ(t.claim_ids(), std::vector{id});
}

void the_history_goes_too(StoreTest& t) {
  JobId const id = t.running_job();
  Finish item = t.to(id, State::discarded, Reason::exhausted);
  item.attempt = attempt_of(1, Reason::error, "x");
  t.finish(item);
  t.clock.advance(limits::Days(400));
  EXPECT_EQ(t.store->prune({}).pruned, 1);
  Envelope again = t.job();
  again.id = id;  // a pruned id is free: the store knows nothing of it any more
  EXPECT_EQ(t.store->push({.jobs = {&again, 1}}).statuses, std::vector{PushStatus::pushed});
  EXPECT_TRUE(t.get(id).errors.empty());
}

// Retried, a job is no longer among those whose age counts; removed, it is not counted once more.
void what_has_left_the_final_ones_is_not_pruned(StoreTest& t) {
  for (State const state : {State::discarded, State::cancelled}) {
    JobId const retried = t.in_state(state, t.job()), removed = t.in_state(state, t.job());
    ASSERT_EQ(t.retry(retried), RetryStatus::retried);
    ASSERT_EQ(t.remove(removed), RemoveStatus::removed);
    t.clock.advance(limits::kKeepDiscarded + 24h);
    EXPECT_EQ(t.store->prune({.dry_run = true}).pruned, 0) << to_string(state);
    EXPECT_EQ(t.store->prune({}).pruned, 0) << to_string(state);
    EXPECT_EQ(t.state(retried), State::available);
    EXPECT_EQ(t.remove(retried), RemoveStatus::removed);
  }
}

// Who was declared dead is told so for most of a day at least, however often the place is tidied.
void dead_nodes_are_remembered(StoreTest& t) {
  ASSERT_TRUE(t.store->rescue({.node = kNode, .beat_seen = t.store->nodes().at(0).beat}).dead);
  t.clock.advance(23h);
  t.store->prune({});
  EXPECT_FALSE(t.store->beat({.node = kNode, .name = "here", .pid = 1}).alive);
  EXPECT_EQ(t.claim().node, NodeState::dead);
}

void living_and_laden_nodes_stay(StoreTest& t) {
  t.running_job();
  t.store->beat({.node = kOtherNode, .name = "there", .pid = 2});
  for (NodeInfo const& node : t.store->nodes()) {
    if (node.node == kNode) t.store->rescue({.node = kNode, .beat_seen = node.beat});
  }
  t.clock.advance(limits::Days(100));
  t.store->prune({});
  EXPECT_EQ(t.store->nodes().size(), 2u);  // one lives, the other one's job still waits for its release
}

}  // namespace

Cases prune_cases() {
  return {{"prune", "completed_and_cancelled_by_age", completed_and_cancelled_by_age},
          {"prune", "discarded_by_their_own_age", discarded_by_their_own_age},
          {"prune", "by_other_ages", by_other_ages},
          {"prune", "age_counts_from_the_end", age_counts_from_the_end},
          {"prune", "the_newest_are_kept_up_to_a_number", the_newest_are_kept_up_to_a_number},
          {"prune", "discarded_jobs_are_not_in_that_number", discarded_jobs_are_not_in_that_number},
          {"prune", "a_call_is_bounded", a_call_is_bounded},
          {"prune", "the_oldest_go_first", the_oldest_go_first},
          {"prune", "a_queue_has_a_retention_of_its_own", a_queue_has_a_retention_of_its_own},
          {"prune", "the_number_is_of_each_queue", the_number_is_of_each_queue},
          {"prune", "nothing_is_kept_that_is_kept_for_no_time", nothing_is_kept_that_is_kept_for_no_time},
          {"prune", "one_queue_alone", one_queue_alone},
          {"prune", "a_dry_run_changes_nothing", a_dry_run_changes_nothing},
          {"prune", "what_is_not_final_stays", what_is_not_final_stays},
          {"prune", "a_retried_job_stays", a_retried_job_stays},
          {"prune", "the_history_goes_too", the_history_goes_too},
          {"prune", "what_has_left_the_final_ones_is_not_pruned", what_has_left_the_final_ones_is_not_pruned},
          {"prune", "dead_nodes_are_remembered", dead_nodes_are_remembered},
          {"prune", "living_and_laden_nodes_stay", living_and_laden_nodes_stay}};
}

}  // namespace kue::testing
