#pragma once
// Matchers for GoogleTest's users; opt-in, needs gmock. The failure says what was pushed instead.
//
//   EXPECT_THAT(queue, kue::testing::HasPushed(SendInvoice(7), {.delay = 5min}));
//   EXPECT_THAT(queue, kue::testing::HasPushed<SendInvoice>({.queue = "billing", .times = 2}));
//   EXPECT_THAT(queue.drain(), kue::testing::AllCompleted());
//
// Values; no threads.

#include <kue/testing/test_queue.hpp>

#include <gmock/gmock.h>

#include <optional>
#include <ostream>
#include <string>

namespace kue::testing {

class PushMatcher {
 public:
  PushMatcher(std::string_view kind, std::optional<std::string> args, Expected expected)
      : kind_(kind), args_(std::move(args)), expected_(std::move(expected)) {}

  bool MatchAndExplain(TestQueue const& queue, ::testing::MatchResultListener* listener) const {
    TestQueue::Found const found = queue.find(kind_, args_, expected_);
    *listener << found.problem;
    return found.problem.empty();
  }
  void DescribeTo(std::ostream* out) const {
    *out << "holds " << expected_.times << " such push(es) of " << kind_ << args_.value_or("");
  }
  void DescribeNegationTo(std::ostream* out) const {
    *out << "does not hold exactly " << expected_.times << " such push(es) of " << kind_;
  }

 private:
  std::string kind_;
  std::optional<std::string> args_;
  Expected expected_;
};

template <Job J> auto HasPushed(Expected expected = {}) {
  return ::testing::MakePolymorphicMatcher(PushMatcher(kind_of<J>(), std::nullopt, std::move(expected)));
}
template <Job J> auto HasPushed(J const& job, Expected expected = {}) {
  return ::testing::MakePolymorphicMatcher(PushMatcher(kind_of<J>(), to_json(job), std::move(expected)));
}

class CompletedMatcher {
 public:
  bool MatchAndExplain(Runs const& runs, ::testing::MatchResultListener* listener) const {
    try {
      runs.assert_all_completed();
      return true;
    } catch (AssertionFailed const& failed) {
      *listener << failed.what();
      return false;
    }
  }
  void DescribeTo(std::ostream* out) const { *out << "are runs after which every job is completed"; }
  void DescribeNegationTo(std::ostream* out) const { *out << "are runs after which not every job is completed"; }
};

inline auto AllCompleted() { return ::testing::MakePolymorphicMatcher(CompletedMatcher()); }

// What GoogleTest prints of these in its messages, instead of their bytes.
inline void PrintTo(TestQueue const&, std::ostream* out) { *out << "a TestQueue"; }
inline void PrintTo(Runs const& runs, std::ostream* out) { *out << runs.text(); }

}  // namespace kue::testing
