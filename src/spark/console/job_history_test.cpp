#include "spark/console/job_history.hpp"

#include <kue/limits.hpp>

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;

constexpr kue::TimePoint kBegan(1'764'000'000'000ms);

kue::JobRecord failed(int runs, std::uint32_t first_claim) {
  kue::JobRecord record{.state = kue::State::retryable};
  for (int i = 0; i < runs; ++i) {
    record.claim_no = first_claim + static_cast<std::uint32_t>(i);
    record.errors.push_back({.claim_no = record.claim_no, .attempt = static_cast<std::uint32_t>(i + 1)});
  }
  return record;
}

TEST(JobHistory, counts_from_one_whatever_was_given_back_before) {
  kue::JobRecord const record = failed(2, 7);
  EXPECT_EQ(spark::run_number(record, 0), 1u);
  EXPECT_EQ(spark::run_number(record, 1), 2u);
  EXPECT_EQ(spark::run_number(record, 2), 3u) << "the one behind them";
}

TEST(JobHistory, goes_by_the_claims_once_the_oldest_runs_may_have_been_dropped) {
  kue::JobRecord record = failed(kue::limits::kMaxAttempts, 11);
  record.claim_no = 120;
  EXPECT_EQ(spark::run_number(record, 0), 11u);
  EXPECT_EQ(spark::run_number(record, record.errors.size()), 120u);
}

TEST(JobHistory, the_present_run_is_dated_by_its_claim_and_the_last_by_its_start) {
  kue::JobRecord record{.tally = {.attempt = 1}, .claimed_at = kBegan + 1h, .attempted_at = kBegan};
  EXPECT_EQ(spark::began_at(record), kBegan);
  record.state = kue::State::running;
  EXPECT_EQ(spark::began_at(record), kBegan + 1h);
  EXPECT_EQ(spark::history_text(record, kBegan + 1h + 5s), "  run 1 (attempt 2): running for 5s\n");
  EXPECT_EQ(spark::history_text(record, kBegan), "  run 1 (attempt 2): running for 0ms\n")
      << "a clock that was set back";
}

TEST(JobHistory, shows_a_failure_without_bytes_that_move_the_cursor) {
  kue::JobRecord record = failed(1, 1);
  record.errors[0].failure = {.type = "Broken", .message = "bad\x1b[2J\nthing", .signal = 6};
  record.errors[0].started_at = kBegan;
  record.errors[0].ended_at = kBegan + 3s;
  record.errors[0].pid = 4711;
  EXPECT_EQ(spark::history_text(record, kBegan),
            "  run 1 (attempt 1): error, 2025-11-24 16:00:03 UTC after 3s, pid 4711\n"
            "    Broken: bad\\x1b[2J\\nthing (signal 6)\n");
}

TEST(JobHistory, of_a_job_that_was_cancelled_before_it_ran_there_is_none) {
  EXPECT_EQ(spark::history_text({.state = kue::State::cancelled, .finished_at = kBegan}, kBegan), "");
}

}  // namespace
