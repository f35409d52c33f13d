#pragma once
// SharedCount: a number that the processes of a RealWorker and the test have in common.
//
//   kue::testing::SharedCount charged;                    // made in the test, before the worker forks
//   struct Gateway { kue::testing::SharedCount& charged; void charge() { ++charged; } };
//   EXPECT_EQ(charged.value(), 1);                        // how often, in whatever process
//
// Any thread, any process that was forked after it was made. Throws Error(unavailable) if there is no memory.

#include <atomic>
#include <cstdint>

namespace kue::testing {

class SharedCount {
 public:
  explicit SharedCount(std::int64_t start = 0);
  ~SharedCount();
  SharedCount(SharedCount const&) = delete;
  SharedCount& operator=(SharedCount const&) = delete;

  std::int64_t operator++() { return ++*value_; }
  std::int64_t operator--() { return --*value_; }
  std::int64_t value() const { return *value_; }

 private:
  std::atomic<std::int64_t>* value_;
};

}  // namespace kue::testing
