#include "kue/conformance/cases.hpp"

#include <algorithm>
#include <set>

namespace kue::testing {

using namespace std::chrono_literals;

namespace {

constexpr State kReachable[] = {State::scheduled, State::available, State::running,  State::retryable,
                                State::completed, State::discarded, State::cancelled};

// One job of every state in two queues, of two kinds, with different tags.
void fill(StoreTest& t) {
  int n = 0;
  for (State const state : kReachable) {
    for (char const* queue : {"a", "b"}) {
      Envelope envelope = t.job(queue);
      envelope.kind = n % 3 == 0 ? "Mail" : "Thumbnail";
      if (n % 2 == 0) envelope.tags.push_back("red");
      if (n % 5 == 0) envelope.tags.push_back("red2");
      t.in_state(state, envelope);
      ++n;
    }
  }
}

bool wanted(Filter const& filter, JobRecord const& record) {
  auto const has = [](auto const& all, auto const& one) { return std::find(all.begin(), all.end(), one) != all.end(); };
  if (!filter.states.empty() && !has(filter.states, record.state)) return false;
  if (!filter.queue.empty() && record.job.queue != filter.queue) return false;
  if (!filter.kind.empty() && record.job.kind != filter.kind) return false;
  return filter.tag.empty() || has(record.job.tags, filter.tag);
}

void every_filter_in_both_orders(StoreTest& t) {
  fill(t);
  auto const everything = t.all();
  ASSERT_EQ(everything.size(), 14u);
  std::vector<std::vector<State>> sets{
      {}, {State::running, State::completed}, {State::available, State::retryable, State::cancelled}};
  for (State const state : kReachable) sets.push_back({state});
  for (auto const& states : sets) {
    for (char const* queue : {"", "a", "b", "none"}) {
      for (char const* kind : {"", "Mail", "Thumbnail", "Mai"}) {
        for (char const* tag : {"", "red", "red2", "re"}) {
          Filter const filter{.states = states, .queue = queue, .kind = kind, .tag = tag};
          std::vector<JobId> expected;
          for (JobRecord const& record : everything) {
            if (wanted(filter, record)) expected.push_back(record.job.id);
          }
          EXPECT_EQ(ids_of(t.all(filter, false, 3)), expected) << queue << " " << kind << " " << tag;
          std::reverse(expected.begin(), expected.end());
          EXPECT_EQ(ids_of(t.all(filter, true)), expected) << queue << " " << kind << " " << tag;
        }
      }
    }
  }
}

void by_the_text_of_the_last_failure(StoreTest& t) {
  auto const failed = [&](std::vector<std::string> const& messages) {
    JobId const id = t.push(t.job());
    std::uint32_t claim_no = 0;
    for (std::string const& message : messages) {
      EXPECT_EQ(t.claim_ids(), std::vector{id});
      bool const last = ++claim_no == messages.size();
      Finish item = last ? t.to(id, State::discarded, Reason::exhausted) : t.to(id, State::available, Reason::crashed);
      item.attempt = attempt_of(claim_no, Reason::error, message);
      EXPECT_EQ(last ? t.finish(item) : t.release(item), FinishStatus::applied);
    }
    return id;
  };
  JobId const once = failed({"connection refused by 10.0.0.1"}),
              healed = failed({"connection refused", "100% of it's gone"});
  JobId const waiting = t.push(t.job());
  EXPECT_EQ(ids_of(t.all({.error = "refused"})), std::vector{once});
  EXPECT_EQ(ids_of(t.all({.error = "100% of it's"})), std::vector{healed});
  EXPECT_EQ(ids_of(t.all({.error = "std::runtime"})), (std::vector{once, healed})) << "the type counts too";
  EXPECT_TRUE(t.all({.error = "Refused"}).empty()) << "letters are compared as they are";
  EXPECT_EQ(ids_of(t.all({.states = {State::discarded}, .error = "gone"})), std::vector{healed});
  EXPECT_TRUE(t.all({.states = {State::available}, .error = "gone"}).empty());
  EXPECT_EQ(ids_of(t.all({.states = {State::available}})), std::vector{waiting});
}

void by_the_time_of_the_push(StoreTest& t) {
  std::vector<JobId> ids;
  std::vector<TimePoint> times;
  for (State const state : {State::completed, State::available, State::scheduled}) {
    times.push_back(t.clock.now());
    ids.push_back(t.in_state(state, t.job()));
    t.clock.advance(10s);
  }
  for (std::vector<State> const& states :
       {std::vector<State>{}, {State::available, State::scheduled, State::completed}}) {
    EXPECT_EQ(ids_of(t.all({.states = states, .inserted_from = times[1]})), (std::vector{ids[1], ids[2]}));
    EXPECT_EQ(ids_of(t.all({.states = states, .inserted_until = times[1]})), std::vector{ids[0]});
    EXPECT_EQ(ids_of(t.all({.states = states, .inserted_from = times[1], .inserted_until = times[2]})),
              std::vector{ids[1]});
    EXPECT_TRUE(t.all({.states = states, .inserted_from = times[2] + 1ms}).empty());
  }
  EXPECT_EQ(ids_of(t.all({.states = {State::available, State::scheduled}, .inserted_until = times[2]})),
            std::vector{ids[1]});
  EXPECT_EQ(ids_of(t.all({.states = {State::completed}, .inserted_until = times[2]})), std::vector{ids[0]});
}

void newest_first_unless_told(StoreTest& t) {
  auto ids = t.push_many(5);
  std::reverse(ids.begin(), ids.end());
  EXPECT_EQ(ids_of(t.store->query({}).jobs), ids);
}

void an_empty_store(StoreTest& t) {
  auto const result = t.store->query({});
  EXPECT_TRUE(result.jobs.empty());
  EXPECT_EQ(result.cursor, "");
}

void a_page_has_at_most_limit(StoreTest& t) {
  t.push_many(7);
  for (int limit : {1, 3, 6}) {
    auto const result = t.store->query({.limit = limit});
    EXPECT_EQ(static_cast<int>(result.jobs.size()), limit);
    EXPECT_NE(result.cursor, "");
  }
  EXPECT_EQ(t.store->query({.limit = 7}).cursor, "");  // exactly all: there is no more
  EXPECT_EQ(t.store->query({.limit = 1000}).jobs.size(), 7u);
}

void pages_of_any_size_give_all(StoreTest& t) {
  auto ids = t.push_many(23);
  for (int const page : {1, 2, 5, 22, 23, 24}) EXPECT_EQ(ids_of(t.all({}, false, page)), ids) << page;
  std::reverse(ids.begin(), ids.end());
  for (int const page : {1, 2, 5, 22, 23, 24}) EXPECT_EQ(ids_of(t.all({}, true, page)), ids) << page;
}

// Walking while others push: every job of the beginning exactly once.
void a_walk_with_inserts(StoreTest& t) {
  for (bool const newest_first : {true, false}) {
    std::string const queue = newest_first ? "down" : "up";
    auto const ids = t.push_many(20, queue);
    std::vector<JobId> seen;
    std::string cursor;
    for (int page = 0; page < 20; ++page) {
      auto const result =
          t.store->query({.filter = {.queue = queue}, .newest_first = newest_first, .limit = 3, .cursor = cursor});
      for (JobRecord const& record : result.jobs) seen.push_back(record.job.id);
      cursor = result.cursor;
      if (cursor.empty()) break;
      if (page < 5) t.push_many(2, queue);
    }
    EXPECT_EQ(cursor, "");
    if (newest_first) {
      EXPECT_EQ(seen, std::vector(ids.rbegin(), ids.rend()));  // what came later stands before the beginning
    } else {
      ASSERT_EQ(seen.size(), 30u);  // what came later is at the end
      EXPECT_EQ(std::vector(seen.begin(), seen.begin() + 20), ids);
    }
  }
}

void a_walk_while_jobs_change(StoreTest& t) {
  auto const ids = t.push_many(20);
  std::vector<JobId> seen;
  std::string cursor;
  for (int page = 0; page < 20; ++page) {
    auto const result = t.store->query({.newest_first = false, .limit = 4, .cursor = cursor});
    for (JobRecord const& record : result.jobs) seen.push_back(record.job.id);
    cursor = result.cursor;
    if (cursor.empty()) break;
    // Jobs of this page, of the pages before and of the next move into every kind of state.
    t.claim(2);
    t.complete(ids[static_cast<std::size_t>(page) * 2]);
    t.cancel(ids[ids.size() - 1 - static_cast<std::size_t>(page)]);
  }
  EXPECT_EQ(seen, ids);
}

void a_walk_while_the_cursors_job_is_pruned(StoreTest& t) {
  auto const ids = t.push_many(6);
  auto const first = t.store->query({.newest_first = false, .limit = 3});
  t.cancel(ids[2]);  // the last one of the page
  t.clock.advance(48h);
  EXPECT_EQ(t.store->prune({}).pruned, 1);
  auto const second = t.store->query({.newest_first = false, .limit = 3, .cursor = first.cursor});
  EXPECT_EQ(ids_of(second.jobs), (std::vector{ids[3], ids[4], ids[5]}));
}

void a_bad_limit_is_refused(StoreTest& t) {
  for (int const limit : {0, -1, 1001}) expect_error(ErrorKind::invalid, [&] { t.store->query({.limit = limit}); });
}

void a_bad_cursor_is_refused(StoreTest& t) {
  t.push_many(3);
  for (char const* cursor : {"nonsense", "-", "1; DROP TABLE jobs", "99999999999999999999999"}) {
    expect_error(ErrorKind::invalid, [&] { t.store->query({.cursor = cursor}); });
  }
}

void leaves_the_errors_out(StoreTest& t) {
  JobId const id = t.running_job();
  Finish item = t.to(id, State::discarded, Reason::exhausted);
  item.attempt = attempt_of(1, Reason::error, "long text");
  t.finish(item);
  EXPECT_TRUE(t.all().at(0).errors.empty());
  EXPECT_EQ(t.get(id).errors.size(), 1u);
}

void a_thousand_on_one_page(StoreTest& t) {
  auto const ids = t.push_many(1001);
  auto const result = t.store->query({.newest_first = false, .limit = 1000});
  EXPECT_EQ(result.jobs.size(), 1000u);
  EXPECT_NE(result.cursor, "");
  auto const rest = t.store->query({.newest_first = false, .limit = 1000, .cursor = result.cursor});
  EXPECT_EQ(ids_of(rest.jobs), std::vector{ids[1000]});
}

}  // namespace

Cases query_cases() {
  return {{"query", "every_filter_in_both_orders", every_filter_in_both_orders},
          {"query", "by_the_text_of_the_last_failure", by_the_text_of_the_last_failure},
          {"query", "by_the_time_of_the_push", by_the_time_of_the_push},
          {"query", "newest_first_unless_told", newest_first_unless_told},
          {"query", "an_empty_store", an_empty_store},
          {"query", "a_page_has_at_most_limit", a_page_has_at_most_limit},
          {"query", "pages_of_any_size_give_all", pages_of_any_size_give_all},
          {"query", "a_walk_with_inserts", a_walk_with_inserts},
          {"query", "a_walk_while_jobs_change", a_walk_while_jobs_change},
          {"query", "a_walk_while_the_cursors_job_is_pruned", a_walk_while_the_cursors_job_is_pruned},
          {"query", "a_bad_limit_is_refused", a_bad_limit_is_refused},
          {"query", "a_bad_cursor_is_refused", a_bad_cursor_is_refused},
          {"query", "leaves_the_errors_out", leaves_the_errors_out},
          {"query", "a_thousand_on_one_page", a_thousand_on_one_page}};
}

}  // namespace kue::testing
