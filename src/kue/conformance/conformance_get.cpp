#include "kue/conformance/cases.hpp"

namespace kue::testing {
namespace {

using namespace std::chrono_literals;

void an_unknown_job_is_none(StoreTest& t) {
  t.push(t.job());
  EXPECT_EQ(t.store->get(JobId::make()), std::nullopt);
  EXPECT_EQ(t.store->get(JobId()), std::nullopt);
}

void ids_differ_in_any_bit(StoreTest& t) {
  JobId const id = t.push(t.job());
  for (std::size_t bit = 0; bit < 128; ++bit) {
    auto bytes = id.bytes();
    bytes[bit / 8] = static_cast<std::uint8_t>(bytes[bit / 8] ^ (1u << (bit % 8)));
    EXPECT_EQ(t.store->get(JobId(bytes)), std::nullopt);
  }
  EXPECT_TRUE(t.store->get(id).has_value());
}

void is_a_copy(StoreTest& t) {
  JobId const id = t.push(t.job());
  JobRecord const before = t.get(id);
  t.claim();
  EXPECT_EQ(before.state, State::available);
  EXPECT_EQ(t.state(id), State::running);
}

void agrees_with_query_but_for_the_errors(StoreTest& t) {
  JobId const id = t.running_job();
  Finish item = t.to(id, State::discarded, Reason::exhausted);
  item.attempt = attempt_of(1, Reason::error, "x");
  t.finish(item);
  JobRecord record = t.get(id);
  EXPECT_EQ(record.errors.size(), 1u);
  record.errors.clear();
  EXPECT_EQ(t.all(), std::vector{record});
}

void says_since_when_a_job_runs_and_which_attempt_it_is(StoreTest& t) {
  JobId const id = t.push(t.job());
  EXPECT_EQ(t.get(id).claimed_at, std::nullopt);
  EXPECT_EQ(attempt_number(t.get(id)), 0u);
  t.clock.advance(1s);
  t.claim();
  EXPECT_EQ(t.get(id).claimed_at, t.clock.now());
  EXPECT_EQ(attempt_number(t.get(id)), 1u);
  EXPECT_EQ(t.all().at(0).claimed_at, t.clock.now()) << "and so does query";
  t.clock.advance(1s);
  t.fail(id);
  EXPECT_EQ(t.get(id).claimed_at, std::nullopt);
  EXPECT_EQ(attempt_number(t.get(id)), 1u) << "the last that counted";
  t.claim();
  EXPECT_EQ(t.get(id).claimed_at, t.clock.now()) << "the present run, not the one before";
  EXPECT_EQ(attempt_number(t.get(id)), 2u);
}

}  // namespace

Cases get_cases() {
  return {{"get", "an_unknown_job_is_none", an_unknown_job_is_none},
          {"get", "ids_differ_in_any_bit", ids_differ_in_any_bit},
          {"get", "is_a_copy", is_a_copy},
          {"get", "agrees_with_query_but_for_the_errors", agrees_with_query_but_for_the_errors},
          {"get", "says_since_when_a_job_runs_and_which_attempt_it_is",
           says_since_when_a_job_runs_and_which_attempt_it_is}};
}

}  // namespace kue::testing
