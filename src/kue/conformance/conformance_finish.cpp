#include "kue/conformance/cases.hpp"

namespace kue::testing {

using namespace std::chrono_literals;

namespace {

// As a store gives them back: older ones without their records.
std::vector<Attempt> whole_if_new(std::vector<Attempt> attempts) {
  for (std::size_t i = 0; i + limits::kWholeAttempts < attempts.size(); ++i) attempts[i].record.clear();
  return attempts;
}

void completes(StoreTest& t) {
  JobId const id = t.running_job();
  t.clock.advance(3s);
  Finish item = t.to(id, State::completed, Reason::completed);
  item.transition.tally.attempt = 1;
  item.started_at = t.clock.now() - 2s;
  EXPECT_EQ(t.finish(item), FinishStatus::applied);
  JobRecord const record = t.get(id);
  EXPECT_EQ(record.state, State::completed);
  EXPECT_EQ(record.finished_at, t.clock.now());
  EXPECT_EQ(record.attempted_at, t.clock.now() - 2s);
  EXPECT_EQ(record.tally.attempt, 1u);
  EXPECT_EQ(record.holder, kHolder);  // of the last claim
  EXPECT_TRUE(t.claim_ids().empty());
}

void keeps_the_result(StoreTest& t) {
  JobId const id = t.running_job();
  Finish item = t.to(id, State::completed, Reason::completed);
  item.result = "{\"pages\":17,\"name\":\"\xe6\x97\xa5\xe6\x9c\xac\"}";
  t.finish(item);
  EXPECT_EQ(t.get(id).result, item.result);
  EXPECT_EQ(t.all().at(0).result, item.result);
}

void keeps_the_largest_result(StoreTest& t) {
  JobId const id = t.running_job();
  Finish item = t.to(id, State::completed, Reason::completed);
  item.result = '"' + std::string(limits::kMaxResultBytes - 2, 'r') + '"';
  EXPECT_EQ(t.finish(item), FinishStatus::applied);
  EXPECT_TRUE(t.get(id).result == item.result);
}

void retryable_waits_for_its_delay(StoreTest& t) {
  JobId const id = t.running_job();
  EXPECT_EQ(t.fail(id, 17s), FinishStatus::applied);
  JobRecord const record = t.get(id);
  EXPECT_EQ(record.state, State::retryable);
  EXPECT_EQ(record.run_at, t.clock.now() + 17s);
  EXPECT_EQ(record.finished_at, std::nullopt);
}

void scheduled_waits_for_its_delay(StoreTest& t) {
  JobId const id = t.running_job();
  EXPECT_EQ(t.finish(t.to(id, State::scheduled, Reason::snoozed, 5min)), FinishStatus::applied);
  EXPECT_EQ(t.state(id), State::scheduled);
  EXPECT_EQ(t.get(id).run_at, t.clock.now() + 5min);
  t.clock.advance(5min);
  EXPECT_EQ(t.claim_ids(), std::vector{id});
}

void every_final_state_sets_finished_at(StoreTest& t) {
  struct {
    State to;
    Reason reason;
  } const ends[] = {{State::discarded, Reason::exhausted},
                    {State::discarded, Reason::corrupt},
                    {State::discarded, Reason::gave_up},
                    {State::cancelled, Reason::cancelled},
                    {State::completed, Reason::completed}};
  for (auto const& end : ends) {
    JobId const id = t.running_job();
    t.clock.advance(1s);
    EXPECT_EQ(t.finish(t.to(id, end.to, end.reason)), FinishStatus::applied);
    EXPECT_EQ(t.state(id), end.to);
    EXPECT_EQ(t.get(id).finished_at, t.clock.now());
  }
}

void stores_the_counters_as_given(StoreTest& t) {
  JobId const id = t.running_job();
  Tally const tally{.attempt = 4,
                    .max_attempts = 9,
                    .crashes = 2,
                    .node_losses = 7,
                    .interruptions = 11,
                    .unknown_since = t.clock.now()};
  Finish item = t.to(id, State::retryable, Reason::error, 1s);
  item.transition.tally = tally;
  t.finish(item);
  EXPECT_EQ(t.get(id).tally, tally);
  EXPECT_EQ(t.all().at(0).tally, tally);
  t.clock.advance(1s);
  EXPECT_EQ(t.claim().jobs.at(0).tally, tally);
}

void keeps_every_attempt_in_order(StoreTest& t) {
  JobId const id = t.push(t.job());
  std::vector<Attempt> expected;
  for (std::uint32_t round = 1; round <= 5; ++round) {
    ASSERT_EQ(t.claim_ids(), std::vector{id});
    Finish item = t.to(id, State::retryable, Reason::error);
    item.attempt = expected.emplace_back(attempt_of(round, Reason::error, "try " + std::to_string(round)));
    EXPECT_EQ(t.finish(item), FinishStatus::applied);
  }
  EXPECT_EQ(t.get(id).errors, whole_if_new(expected));
}

// However a job behaves, what is kept of it stays small: 130 runs that were snoozed, failed or crashed.
void keeps_the_newest_heads_and_fewer_records(StoreTest& t) {
  JobId const id = t.push(t.job());
  std::vector<Attempt> expected;
  for (std::uint32_t run = 1; run <= limits::kMaxAttempts + 30; ++run) {
    ASSERT_EQ(t.claim_ids(), std::vector{id});
    Finish item = run % 3 == 0   ? t.to(id, State::scheduled, Reason::snoozed)
                  : run % 3 == 1 ? t.to(id, State::retryable, Reason::error)
                                 : t.to(id, State::available, Reason::interrupted);
    item.attempt = expected.emplace_back(attempt_of(run, item.transition.reason, "run " + std::to_string(run)));
    item.attempt->claim_no = item.claim.claim_no;
    item.attempt->attempt = item.transition.tally.attempt + 1;
    expected.back() = *item.attempt;
    EXPECT_EQ(run % 3 == 2 ? t.release(item) : t.finish(item), FinishStatus::applied);
    t.clock.advance(1ms);
  }
  expected.erase(expected.begin(), expected.end() - limits::kMaxAttempts);
  EXPECT_EQ(expected.front().claim_no, 31u);
  EXPECT_EQ(t.get(id).errors, whole_if_new(expected));
  ASSERT_EQ(t.claim_ids(), std::vector{id});
  EXPECT_EQ(t.complete(id), FinishStatus::applied);
  EXPECT_EQ(t.get(id).errors, whole_if_new(expected)) << "an end without an attempt drops nothing";
}

void an_attempt_without_a_record_has_none(StoreTest& t) {
  JobId const id = t.push(t.job());
  std::vector<Attempt> expected;
  for (std::uint32_t run = 1; run <= 6; ++run) {
    ASSERT_EQ(t.claim_ids(), std::vector{id});
    Finish item = t.to(id, State::retryable, Reason::error);
    item.attempt = attempt_of(run, Reason::error, "run");
    if (run % 2 == 0) item.attempt->record.clear();
    expected.push_back(*item.attempt);
    EXPECT_EQ(t.finish(item), FinishStatus::applied);
  }
  EXPECT_EQ(t.get(id).errors, whole_if_new(expected))
      << "the newest three attempts, not the newest three that brought a record";
}

void too_much_of_an_attempt_is_refused(StoreTest& t) {
  JobId const id = t.running_job();
  JobRecord const before = t.get(id);
  for (Verb const verb : {Verb::finish, Verb::release}) {
    for (bool const in_head : {true, false}) {
      Finish item = verb == Verb::finish ? t.to(id, State::retryable, Reason::error)
                                         : t.to(id, State::available, Reason::interrupted);
      item.attempt =
          attempt_of(1, item.transition.reason, in_head ? std::string(limits::kMaxHeadTextBytes + 1, 'm') : "m");
      if (!in_head) item.attempt->record = every_byte(limits::kMaxRecordBytes + 1);
      expect_error(ErrorKind::invalid, [&] { verb == Verb::finish ? t.finish(item) : t.release(item); });
      if (verb == Verb::finish) {
        expect_error(ErrorKind::invalid, [&] {
          t.store->claim({.node = kNode, .holder = kHolder, .max = 1, .finishes = {&item, 1}});
        });
      }
    }
  }
  EXPECT_EQ(t.get(id), before);
}

void an_attempt_is_kept_byte_for_byte(StoreTest& t) {
  JobId const id = t.running_job();
  Finish item = t.to(id, State::discarded, Reason::exhausted);
  item.attempt =
      attempt_of(1, Reason::timeout, std::string(limits::kMaxHeadTextBytes - 8, 'm') + " \xf0\x9f\x8e\x89 '\"");
  item.attempt->node = 0xffff'ffff'ffff'fffe;
  item.attempt->record = every_byte(limits::kMaxRecordBytes);
  ASSERT_EQ(item.attempt->failure.message.size(), limits::kMaxHeadTextBytes);
  EXPECT_EQ(t.finish(item), FinishStatus::applied);
  ASSERT_EQ(t.get(id).errors.size(), 1u);
  EXPECT_EQ(t.get(id).errors[0], *item.attempt);
}

void completion_keeps_the_history(StoreTest& t) {
  JobId const id = t.running_job();
  Finish item = t.to(id, State::retryable, Reason::error);
  item.attempt = attempt_of(1, Reason::error, "first");
  t.finish(item);
  t.claim();
  t.complete(id);
  EXPECT_EQ(t.get(id).errors, std::vector{*item.attempt});
}

void without_started_at_the_last_start_stays(StoreTest& t) {
  JobId const id = t.running_job();
  Finish item = t.to(id, State::retryable, Reason::error);
  item.started_at = t.clock.now() - 1s;
  t.finish(item);
  t.claim();
  t.give_back(id);
  EXPECT_EQ(t.get(id).attempted_at, item.started_at);
}

void a_batch_with_some_stale(StoreTest& t) {
  auto const ids = t.push_many(4);
  t.claim(3);
  t.claim(1, {}, kOtherHolder);
  t.complete(ids[1]);
  std::vector<Finish> batch;
  for (JobId const& id : ids) batch.push_back(t.to(id, State::completed, Reason::completed));
  batch.push_back(t.to(JobId::make(), State::completed, Reason::completed));
  EXPECT_EQ(t.store->finish({.items = batch}).statuses,
            (std::vector{FinishStatus::applied, FinishStatus::already, FinishStatus::applied, FinishStatus::stale,
                         FinishStatus::stale}));
  EXPECT_EQ(t.state(ids[3]), State::running);
  EXPECT_EQ(t.counts("default").of(State::completed), 3);
}

void one_id_twice_in_a_batch(StoreTest& t) {
  JobId const id = t.running_job();
  std::vector const batch{t.to(id, State::completed, Reason::completed), t.to(id, State::retryable, Reason::error)};
  EXPECT_EQ(t.store->finish({.items = batch}).statuses, (std::vector{FinishStatus::applied, FinishStatus::already}));
  EXPECT_EQ(t.state(id), State::completed);
}

void a_thousand_at_once(StoreTest& t) {
  auto const ids = t.push_many(1000);
  auto const claimed = t.claim(1000).jobs;
  EXPECT_EQ(ids_of(claimed), ids);
  std::vector<Finish> batch;
  for (Claimed const& job : claimed)
    batch.push_back({.claim = job.claim, .transition = {State::completed, Reason::completed, 0ms, {.attempt = 1}}});
  EXPECT_EQ(t.store->finish({.items = batch}).statuses, std::vector(1000, FinishStatus::applied));
  EXPECT_EQ(t.counts("default").of(State::completed), 1000);
  EXPECT_EQ(t.counts("default").of(State::running), 0);
}

void an_empty_batch_does_nothing(StoreTest& t) { EXPECT_TRUE(t.store->finish({}).statuses.empty()); }

void a_mixed_batch_of_ends(StoreTest& t) {
  JobId const first = t.running_job(), second = t.running_job(), third = t.running_job();
  std::vector batch{t.to(first, State::completed, Reason::completed), t.to(second, State::retryable, Reason::error, 5s),
                    t.to(third, State::completed, Reason::completed)};
  batch[2].claim.holder = kHolder + 1;
  EXPECT_EQ(t.store->finish({.items = batch}).statuses,
            (std::vector{FinishStatus::applied, FinishStatus::applied, FinishStatus::stale}));
  EXPECT_EQ(t.state(first), State::completed);
  EXPECT_EQ(t.state(second), State::retryable);
  EXPECT_EQ(t.state(third), State::running);
  EXPECT_EQ(t.store->finish({.items = std::span(batch).first(1)}).statuses, std::vector{FinishStatus::already});
}

// Removed, and pushed once more under its id: the first one's number tells them apart, whatever else is the same.
void the_number_is_part_of_the_fence(StoreTest& t) {
  JobId const id = t.running_job();
  std::int64_t const first = t.get(id).seq;
  Envelope const again = t.get(id).job;
  ASSERT_EQ(t.complete(id), FinishStatus::applied);
  t.store->remove({.ids = std::span(&id, 1)});
  t.push(again);
  ASSERT_EQ(t.claim_ids(1), std::vector{id});
  Finish item = t.to(id, State::completed, Reason::completed);
  item.claim.seq = first;
  EXPECT_EQ(t.finish(item), FinishStatus::stale);
  EXPECT_EQ(t.state(id), State::running);
  item.claim.seq = t.get(id).seq;
  EXPECT_EQ(t.finish(item), FinishStatus::applied);
  item.claim.seq = first;
  EXPECT_EQ(t.finish(item), FinishStatus::stale) << "nor is it told that its job had ended";
}

void refuses_what_is_no_transition(StoreTest& t) {
  JobId const good = t.running_job(), bad = t.running_job();
  std::vector const batch{t.to(good, State::completed, Reason::completed), t.to(bad, State::running, Reason::claimed)};
  expect_error(ErrorKind::invalid, [&] { t.store->finish({.items = batch}); });
  EXPECT_EQ(t.state(good), State::running);  // a call that threw changed nothing
  EXPECT_EQ(t.state(bad), State::running);
}

}  // namespace

Cases finish_cases() {
  return {{"finish", "completes", completes},
          {"finish", "keeps_the_result", keeps_the_result},
          {"finish", "keeps_the_largest_result", keeps_the_largest_result},
          {"finish", "retryable_waits_for_its_delay", retryable_waits_for_its_delay},
          {"finish", "scheduled_waits_for_its_delay", scheduled_waits_for_its_delay},
          {"finish", "every_final_state_sets_finished_at", every_final_state_sets_finished_at},
          {"finish", "stores_the_counters_as_given", stores_the_counters_as_given},
          {"finish", "keeps_every_attempt_in_order", keeps_every_attempt_in_order},
          {"finish", "keeps_the_newest_heads_and_fewer_records", keeps_the_newest_heads_and_fewer_records},
          {"finish", "an_attempt_without_a_record_has_none", an_attempt_without_a_record_has_none},
          {"finish", "too_much_of_an_attempt_is_refused", too_much_of_an_attempt_is_refused},
          {"finish", "an_attempt_is_kept_byte_for_byte", an_attempt_is_kept_byte_for_byte},
          {"finish", "completion_keeps_the_history", completion_keeps_the_history},
          {"finish", "without_started_at_the_last_start_stays", without_started_at_the_last_start_stays},
          {"finish", "a_batch_with_some_stale", a_batch_with_some_stale},
          {"finish", "one_id_twice_in_a_batch", one_id_twice_in_a_batch},
          {"finish", "a_thousand_at_once", a_thousand_at_once},
          {"finish", "an_empty_batch_does_nothing", an_empty_batch_does_nothing},
          {"finish", "a_mixed_batch_of_ends", a_mixed_batch_of_ends},
          {"finish", "the_number_is_part_of_the_fence", the_number_is_part_of_the_fence},
          {"finish", "refuses_what_is_no_transition", refuses_what_is_no_transition}};
}

}  // namespace kue::testing
