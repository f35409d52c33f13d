#include "kue/conformance/cases.hpp"

#include <set>

namespace kue::testing {

using namespace std::chrono_literals;

namespace {

void keeps_every_field(StoreTest& t) {
  Envelope envelope = t.job("billing-eu.v2", -7);
  envelope.kind = "shop::SendInvoice<int, std::string>";
  envelope.args = R"({"order":18446744073709551615,"note":"x"})";
  envelope.schema = 3;
  envelope.run_at = t.clock.now() + 90min + 1ms;
  envelope.max_attempts = 8;
  envelope.timeout = 120'001ms;
  envelope.tags = {"vip", "eu.2026", "b-1"};
  envelope.meta = {{"trace", "00-af"}, {"empty", ""}, {"text", "a \"b\"\n"}};
  JobId const id = t.push(envelope);
  EXPECT_EQ(t.get(id).job, envelope);
  t.clock.advance(2h);
  auto const claimed = t.claim();
  ASSERT_EQ(claimed.jobs.size(), 1u);
  EXPECT_EQ(claimed.jobs[0].job, envelope);
}

void a_new_job_is_available(StoreTest& t) {
  JobId const id = t.push(t.job());
  JobRecord const record = t.get(id);
  EXPECT_EQ(record.state, State::available);
  EXPECT_EQ(record.run_at, t.clock.now());
  EXPECT_EQ(record.inserted_at, t.clock.now());
  EXPECT_EQ(record.claim_no, 0u);
  EXPECT_EQ(record.tally, Tally{.max_attempts = limits::kDefaultMaxAttempts});
  EXPECT_EQ(record.attempted_at, std::nullopt);
  EXPECT_EQ(record.finished_at, std::nullopt);
  EXPECT_EQ(record.progress, std::nullopt);
  EXPECT_EQ(record.result, "");
  EXPECT_TRUE(record.errors.empty());
}

void max_attempts_goes_into_the_tally(StoreTest& t) {
  Envelope envelope = t.job();
  envelope.max_attempts = 3;
  JobId const id = t.push(envelope);
  EXPECT_EQ(t.get(id).tally.max_attempts, 3u);
  EXPECT_EQ(t.claim().jobs.at(0).tally.max_attempts, 3u);
}

void with_a_later_run_at_is_scheduled(StoreTest& t) {
  JobId const id = t.push(t.job_at(t.clock.now() + 1ms));
  EXPECT_EQ(t.state(id), State::scheduled);
  EXPECT_EQ(t.get(id).run_at, t.clock.now() + 1ms);
}

void with_a_past_run_at_is_available(StoreTest& t) {
  JobId const now = t.push(t.job_at(t.clock.now()));
  JobId const past = t.push(t.job_at(t.clock.now() - 24h));
  EXPECT_EQ(t.state(now), State::available);
  EXPECT_EQ(t.state(past), State::available);
}

void the_same_id_again_is_already(StoreTest& t) {
  Envelope envelope = t.job();
  t.push(envelope);
  Envelope changed = envelope;
  changed.args = R"({"other":1})";
  changed.queue = "other";
  EXPECT_EQ(t.store->push({.jobs = {&changed, 1}}).statuses, std::vector{PushStatus::already});
  EXPECT_EQ(t.get(envelope.id).job, envelope);
  EXPECT_EQ(t.all().size(), 1u);
}

void the_same_id_twice_in_a_batch_is_one_job(StoreTest& t) {
  Envelope const one = t.job(), two = t.job();
  std::vector const batch{one, two, one};
  EXPECT_EQ(t.store->push({.jobs = batch}).statuses,
            (std::vector{PushStatus::pushed, PushStatus::pushed, PushStatus::already}));
  EXPECT_EQ(t.claim_ids(10), (std::vector{one.id, two.id}));
}

void the_id_of_a_running_job_is_already(StoreTest& t) {
  Envelope const envelope = t.job();
  t.push(envelope);
  t.claim();
  EXPECT_EQ(t.store->push({.jobs = {&envelope, 1}}).statuses, std::vector{PushStatus::already});
  EXPECT_EQ(t.state(envelope.id), State::running);
}

void the_id_of_a_finished_job_is_already(StoreTest& t) {
  for (State const state : {State::completed, State::discarded, State::cancelled}) {
    Envelope envelope = t.job();
    JobId const id = t.in_state(state, envelope);
    EXPECT_EQ(t.store->push({.jobs = {&envelope, 1}}).statuses, std::vector{PushStatus::already});
    EXPECT_EQ(t.state(id), state);
  }
  EXPECT_TRUE(t.claim_ids(10).empty());
}

void a_batch_keeps_its_order(StoreTest& t) {
  auto const ids = t.push_many(50);
  EXPECT_EQ(ids_of(t.all()), ids);
  EXPECT_EQ(t.claim_ids(50), ids);
}

void a_thousand_at_once(StoreTest& t) {
  auto const ids = t.push_many(1000);
  EXPECT_EQ(t.counts("default").of(State::available), 1000);
  EXPECT_EQ(ids_of(t.all()), ids);
}

void seq_rises_across_queues(StoreTest& t) {
  std::int64_t last = 0;
  for (char const* queue : {"a", "b", "a", "c"}) {
    std::int64_t const seq = t.get(t.push(t.job(queue))).seq;
    EXPECT_GT(seq, last);
    last = seq;
  }
}

void no_seq_is_given_twice(StoreTest& t) {
  JobId const id = t.push(t.job());
  std::int64_t const first = t.get(id).seq;
  t.cancel(id);
  t.clock.advance(48h);
  EXPECT_EQ(t.store->prune({}).pruned, 1);
  EXPECT_GT(t.get(t.push(t.job())).seq, first);
}

void an_empty_batch_does_nothing(StoreTest& t) {
  EXPECT_TRUE(t.store->push({}).statuses.empty());
  EXPECT_TRUE(t.all().empty());
}

void one_invalid_job_refuses_the_batch(StoreTest& t) {
  std::vector batch{t.job(), t.job(), t.job()};
  batch[1].queue = "no spaces";
  expect_error(ErrorKind::invalid, [&] { t.store->push({.jobs = batch}); });
  EXPECT_TRUE(t.all().empty());
  EXPECT_TRUE(t.events().empty());
}

void text_is_kept_byte_for_byte(StoreTest& t) {
  Envelope envelope = t.job();
  envelope.args = "{\"name\":\"Jos\xc3\xa9 \xe6\x97\xa5\xe6\x9c\xac \xf0\x9f\x8e\x89 \\u0000 'quote' \\\\ %s $1 {}\"}";
  envelope.meta = {{"note", "\xf0\x9f\x8e\x89'); DROP TABLE jobs;--"}};
  JobId const id = t.push(envelope);
  EXPECT_EQ(t.get(id).job, envelope);
  EXPECT_EQ(t.claim().jobs.at(0).job, envelope);
}

void one_mebibyte_of_arguments(StoreTest& t) {
  Envelope envelope = t.job();
  envelope.args = R"({"data":")";
  while (envelope.args.size() + 2 < limits::kMaxArgsBytes)
    envelope.args += static_cast<char>('a' + envelope.args.size() % 26);
  envelope.args += "\"}";
  ASSERT_EQ(envelope.args.size(), limits::kMaxArgsBytes);
  JobId const id = t.push(envelope);
  EXPECT_TRUE(t.get(id).job == envelope);
  EXPECT_TRUE(t.claim().jobs.at(0).job == envelope);
}

void the_longest_names(StoreTest& t) {
  Envelope envelope = t.job(std::string(limits::kMaxNameBytes, 'q'));
  envelope.kind = std::string(limits::kMaxNameBytes, 'k');
  for (std::size_t i = 0; i < limits::kMaxTags; ++i) envelope.tags.push_back("tag" + std::to_string(i));
  JobId const id = t.push(envelope);
  EXPECT_EQ(t.get(id).job, envelope);
  EXPECT_EQ(t.claim_ids(1, {envelope.queue}), std::vector{id});
}

void the_ends_of_priority(StoreTest& t) {
  JobId const last = t.push(t.job("default", limits::kMaxPriority));
  JobId const first = t.push(t.job("default", limits::kMinPriority));
  EXPECT_EQ(t.claim_ids(2), (std::vector{first, last}));
}

void a_queue_named_like_sql(StoreTest& t) {
  for (char const* queue : {"select", "0", "a.b-c_d", "A", "a"}) {
    JobId const id = t.push(t.job(queue));
    EXPECT_EQ(t.claim_ids(1, {queue}), std::vector{id}) << queue;  // "A" and "a" are two queues
  }
}

}  // namespace

Cases push_cases() {
  return {{"push", "keeps_every_field", keeps_every_field},
          {"push", "a_new_job_is_available", a_new_job_is_available},
          {"push", "max_attempts_goes_into_the_tally", max_attempts_goes_into_the_tally},
          {"push", "with_a_later_run_at_is_scheduled", with_a_later_run_at_is_scheduled},
          {"push", "with_a_past_run_at_is_available", with_a_past_run_at_is_available},
          {"push", "the_same_id_again_is_already", the_same_id_again_is_already},
          {"push", "the_same_id_twice_in_a_batch_is_one_job", the_same_id_twice_in_a_batch_is_one_job},
          {"push", "the_id_of_a_running_job_is_already", the_id_of_a_running_job_is_already},
          {"push", "the_id_of_a_finished_job_is_already", the_id_of_a_finished_job_is_already},
          {"push", "a_batch_keeps_its_order", a_batch_keeps_its_order},
          {"push", "a_thousand_at_once", a_thousand_at_once},
          {"push", "seq_rises_across_queues", seq_rises_across_queues},
          {"push", "no_seq_is_given_twice", no_seq_is_given_twice},
          {"push", "an_empty_batch_does_nothing", an_empty_batch_does_nothing},
          {"push", "one_invalid_job_refuses_the_batch", one_invalid_job_refuses_the_batch},
          {"push", "text_is_kept_byte_for_byte", text_is_kept_byte_for_byte},
          {"push", "one_mebibyte_of_arguments", one_mebibyte_of_arguments},
          {"push", "the_longest_names", the_longest_names},
          {"push", "the_ends_of_priority", the_ends_of_priority},
          {"push", "a_queue_named_like_sql", a_queue_named_like_sql}};
}

}  // namespace kue::testing
