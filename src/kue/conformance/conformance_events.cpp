#include "kue/conformance/cases.hpp"

#include <fmt/format.h>

namespace kue::testing {

using namespace std::chrono_literals;

namespace {

std::string word(std::optional<State> state) { return state ? std::string(to_string(*state)) : "none"; }

// The claim of a due job may say what it was or `available`: see kue/testing/conformance.hpp.
std::string line(Event const& event) {
  std::string const from = event.verb == Verb::claim ? "waiting" : word(event.from);
  return fmt::format("{}: {} -> {} {}{}", to_string(event.verb), from, word(event.to), to_string(event.reason),
                     event.stale ? " stale" : "");
}

std::vector<std::string> lines(std::vector<Event> const& events) {
  std::vector<std::string> all;
  for (Event const& event : events) all.push_back(line(event));
  return all;
}

void tell_a_whole_life(StoreTest& t) {
  JobId const id = t.push(t.job_at(t.clock.now() + 1s));
  t.clock.advance(1s);
  t.claim();
  t.fail(id, 1s);
  t.clock.advance(1s);
  t.claim();
  t.give_back(id);
  t.claim();
  t.discard(id);
  t.retry(id);
  t.cancel(id);
  t.retry(id);
  t.claim();
  t.complete(id);
  t.clock.advance(48h);
  t.store->prune({});
  EXPECT_EQ(lines(t.events_of(id)),
            (std::vector<std::string>{"push: none -> scheduled pushed", "claim: waiting -> running claimed",
                                      "finish: running -> retryable error", "claim: waiting -> running claimed",
                                      "release: running -> available returned", "claim: waiting -> running claimed",
                                      "finish: running -> discarded gave_up", "retry: discarded -> available retried",
                                      "cancel: available -> cancelled cancelled",
                                      "retry: cancelled -> available retried", "claim: waiting -> running claimed",
                                      "finish: running -> completed completed", "prune: completed -> none pruned"}));
}

void name_holder_node_and_claim(StoreTest& t) {
  JobId const id = t.running_job();
  t.give_back(id);
  t.claim(1, {}, kOtherHolder);
  t.clock.advance(3s);
  t.complete(id, kOtherHolder);
  auto const events = t.events_of(id);
  ASSERT_EQ(events.size(), 5u);
  EXPECT_EQ(events[1].holder, kHolder);
  EXPECT_EQ(events[1].node, kNode);
  EXPECT_EQ(events[1].claim_no, 1u);
  EXPECT_EQ(events[2].holder, kHolder);
  EXPECT_EQ(events[2].claim_no, 1u);
  EXPECT_EQ(events[3].holder, kOtherHolder);
  EXPECT_EQ(events[3].claim_no, 2u);
  EXPECT_EQ(events[4].holder, kOtherHolder);
  EXPECT_EQ(events[4].node, kNode);
  EXPECT_EQ(events[4].claim_no, 2u);
  EXPECT_EQ(events[4].at, t.clock.now());
}

void stand_in_the_order_of_the_transitions(StoreTest& t) {
  auto const ids = t.push_many(3);
  t.claim(2);
  t.complete(ids[1]);
  std::vector<JobId> order;
  for (Event const& event : t.events()) order.push_back(event.id);
  EXPECT_EQ(order, (std::vector{ids[0], ids[1], ids[2], ids[0], ids[1], ids[1]}));
}

void come_in_pages(StoreTest& t) {
  t.push_many(25);
  auto const all = t.events();
  ASSERT_EQ(all.size(), 25u);
  std::vector<std::int64_t> seqs, paged;
  for (Event const& event : all) seqs.push_back(event.seq);
  std::string cursor;
  for (int page = 0; page < 10; ++page) {
    auto const next = t.store->events({.cursor = cursor, .limit = 4});
    EXPECT_LE(next.events.size(), 4u);
    cursor = next.cursor;
    if (next.events.empty()) break;
    for (Event const& event : next.events) paged.push_back(event.seq);
  }
  EXPECT_EQ(paged, seqs);
  EXPECT_TRUE(t.store->events({.cursor = cursor}).events.empty());
}

void go_on_later_from_the_last_cursor(StoreTest& t) {
  std::string cursor = t.store->events({}).cursor;  // of an empty log
  for (int round = 0; round < 4; ++round) {
    auto const ids = t.push_many(3);
    auto const news = t.store->events({.cursor = cursor});
    std::vector<JobId> told;
    for (Event const& event : news.events) told.push_back(event.id);
    EXPECT_EQ(told, ids) << "round " << round;
    EXPECT_TRUE(t.store->events({.cursor = news.cursor}).events.empty());
    EXPECT_EQ(t.store->events({.cursor = cursor}).events.size(), 3u) << "a cursor may be used again";
    cursor = t.store->events({.cursor = news.cursor}).cursor;  // also the one of an empty answer
  }
}

void a_bad_cursor_is_refused(StoreTest& t) {
  t.push_many(3);
  for (char const* cursor : {"nonsense", "-", "1; DROP TABLE events", "99999999999999999999999", " 1", "-1"}) {
    expect_error(ErrorKind::invalid, [&] { t.store->events({.cursor = cursor}); });
  }
}

void a_stale_write_is_on_record(StoreTest& t) {
  JobId const id = t.running_job();
  t.complete(id, kOtherHolder);
  t.release(t.to(id, State::available, Reason::lost_call, 0ms, kOtherHolder));
  auto const events = t.events_of(id);
  ASSERT_EQ(events.size(), 4u);
  EXPECT_EQ(line(events[2]), "finish: running -> completed completed stale");
  EXPECT_EQ(line(events[3]), "release: running -> available lost_call stale");
  EXPECT_EQ(events[2].holder, kOtherHolder);
}

void a_stale_write_in_a_claim_is_on_record(StoreTest& t) {
  JobId const id = t.running_job();
  std::vector finishes{t.to(id, State::completed, Reason::completed, 0ms, kOtherHolder)};
  finishes[0].claim.claim_no = 7;
  t.store->claim({.node = kNode, .holder = kOtherHolder, .max = 1, .finishes = finishes});
  Event const refused = t.events_of(id).at(2);
  EXPECT_EQ(line(refused), "finish: running -> completed completed stale");
  EXPECT_EQ(refused.claim_no, 7u) << "of which claim it thought itself";
}

void a_stale_write_of_an_unknown_job(StoreTest& t) {
  JobId const id = JobId::make();
  t.complete(id);
  EXPECT_EQ(lines(t.events_of(id)), std::vector<std::string>{"finish: running -> completed completed stale"});
}

void a_repeated_finish_is_no_event(StoreTest& t) {
  JobId const id = t.running_job();
  t.complete(id);
  auto const before = t.events().size();
  t.complete(id);
  t.give_back(id);
  EXPECT_EQ(t.events().size(), before);
}

void what_changed_nothing_is_no_event(StoreTest& t) {
  Envelope const envelope = t.job();
  t.push(envelope);
  t.claim();
  auto const before = t.events().size();
  t.store->push({.jobs = {&envelope, 1}});
  t.cancel(envelope.id);
  t.retry(envelope.id);
  t.cancel(JobId::make());
  t.claim(10);
  t.store->prune({});
  t.store->pause({.queue = "default"});
  EXPECT_EQ(t.events().size(), before);
}

// The chain of one job has no gap: each event begins where the one before it ended.
void chain_without_gaps(StoreTest& t) {
  auto const ids = t.push_many(20);
  for (int round = 0; round < 6; ++round) {
    for (std::size_t i = 0; JobId const& id : t.claim_ids(20)) {
      std::size_t const way = (i++ + static_cast<std::size_t>(round)) % 4;
      if (way == 0)
        t.fail(id, 1s);
      else if (way == 1)
        t.give_back(id);
      else if (way == 2)
        t.crash(id);
      else
        t.complete(id);
    }
    t.clock.advance(2s);
  }
  for (JobId const& id : ids) {
    std::optional<State> at;
    for (Event const& event : t.events_of(id)) {
      bool const due = event.verb == Verb::claim && event.from == State::available &&
                       (at == State::scheduled || at == State::retryable);
      EXPECT_TRUE(event.from == at || due) << line(event) << " after " << word(at);
      at = event.to;
    }
    EXPECT_EQ(at, t.state(id));
  }
}

void without_the_log_there_are_none(StoreTest& t) {
  auto const quiet = t.open({.clock = &t.clock});
  Envelope const envelope = t.job();
  quiet->beat({.node = kNode, .name = "here", .pid = 1});
  quiet->push({.jobs = {&envelope, 1}});
  EXPECT_EQ(quiet->claim({.node = kNode, .holder = kHolder}).jobs.size(), 1u);
  EXPECT_TRUE(quiet->events({}).events.empty());
}

}  // namespace

Cases events_cases() {
  return {{"events", "tell_a_whole_life", tell_a_whole_life},
          {"events", "name_holder_node_and_claim", name_holder_node_and_claim},
          {"events", "stand_in_the_order_of_the_transitions", stand_in_the_order_of_the_transitions},
          {"events", "come_in_pages", come_in_pages},
          {"events", "go_on_later_from_the_last_cursor", go_on_later_from_the_last_cursor},
          {"events", "a_bad_cursor_is_refused", a_bad_cursor_is_refused},
          {"events", "a_stale_write_is_on_record", a_stale_write_is_on_record},
          {"events", "a_stale_write_in_a_claim_is_on_record", a_stale_write_in_a_claim_is_on_record},
          {"events", "a_stale_write_of_an_unknown_job", a_stale_write_of_an_unknown_job},
          {"events", "a_repeated_finish_is_no_event", a_repeated_finish_is_no_event},
          {"events", "what_changed_nothing_is_no_event", what_changed_nothing_is_no_event},
          {"events", "chain_without_gaps", chain_without_gaps},
          {"events", "without_the_log_there_are_none", without_the_log_there_are_none}};
}

}  // namespace kue::testing
