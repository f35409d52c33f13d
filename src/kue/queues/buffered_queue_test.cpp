#include <kue/buffered_queue.hpp>

#include <kue/error.hpp>
#include <kue/open_queue.hpp>

#include "kue/queues/fixtures_test.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <mutex>

namespace kue {
namespace {

using namespace std::chrono_literals;
using queue_tests::Greet;

// The queue behind: can be told to fail, counts its calls, and lets a test wait for them.
class Behind : public Queue {
 public:
  using Queue::push;
  Pushed push(Envelope job) override { return push_many(std::span(&job, 1)).at(0); }
  std::vector<Pushed> push_many(std::span<Envelope> jobs) override {
    std::lock_guard const lock(mutex_);
    ++calls_;
    changed_.notify_all();
    if (failing_) throw Error(ErrorKind::unavailable, "the server is away");
    std::vector<Pushed> pushed;
    for (Envelope& job : jobs) pushed.push_back({job.id, PushStatus::pushed}), sent_.push_back(std::move(job));
    return pushed;
  }
  std::optional<Delivery> pop(Millis) override { return std::nullopt; }
  Capabilities capabilities() const override { return {.delay = true, .priority = true}; }

  void fail(bool failing) {
    std::lock_guard const lock(mutex_);
    failing_ = failing;
  }
  int calls() {
    std::lock_guard const lock(mutex_);
    return calls_;
  }
  std::vector<Envelope> sent() {
    std::lock_guard const lock(mutex_);
    return sent_;
  }
  bool wait_until_sent(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(
        lock, 10s, [&] { return sent_.size() >= count || (changed_.wait_for(lock, 10ms), sent_.size() >= count); });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool failing_ = false;
  int calls_ = 0;
  std::vector<Envelope> sent_;
};

struct Pair {
  Behind* behind;
  std::unique_ptr<BufferedQueue> queue;
  std::shared_ptr<queue_tests::Kept> kept = std::make_shared<queue_tests::Kept>();
  explicit Pair(std::size_t max = 10'000) {
    auto made = std::make_unique<Behind>();
    behind = made.get();
    queue = std::make_unique<BufferedQueue>(std::move(made), Logger(kept), max);
  }
};

TEST(BufferedQueue, sends_nothing_before_flush_and_all_in_one_call) {
  Pair p;
  for (int i = 0; i < 5; ++i) p.queue->push(Greet("x", i));
  EXPECT_EQ(p.behind->calls(), 0);
  EXPECT_EQ(p.queue->buffered(), 5U);
  p.queue->flush();
  EXPECT_EQ(p.behind->calls(), 1);
  EXPECT_EQ(p.behind->sent().size(), 5U);
}

// Fault 3 of the original: flush did not clear what it had sent, so the next flush sent everything again, and an empty
// flush still made a call.
TEST(Faults, fault_03_a_second_flush_sends_nothing_again_and_an_empty_one_makes_no_call) {
  Pair p;
  p.queue->push(Greet("once"));
  p.queue->flush();
  p.queue->flush();
  EXPECT_EQ(p.behind->calls(), 1);
  EXPECT_EQ(p.behind->sent().size(), 1U);
}

TEST(Faults, fault_03_a_push_without_a_flush_is_sent_at_the_end_of_the_queue_and_not_lost_silently) {
  auto const store = std::shared_ptr<Store>(open_store("memory:"));
  {
    BufferedQueue queue(std::make_unique<StoreQueue>(store));
    queue.push(Greet("forgotten"));
  }
  EXPECT_EQ(store->counts().at(0).of(State::available), 1);
}

// Fault 30 of the original: a flush that failed after the response was sent was never heard of.
TEST(Faults, fault_30_a_failing_flush_is_logged_counted_kept_and_tried_again_by_itself) {
  Pair p;
  p.behind->fail(true);
  JobId const id = p.queue->push(Greet("kept"));
  EXPECT_THROW(p.queue->flush(), Error);
  EXPECT_EQ(p.queue->failed_flushes(), 1U);
  EXPECT_EQ(p.queue->buffered(), 1U);
  ASSERT_FALSE(p.kept->lines.empty());
  EXPECT_NE(p.kept->lines[0].find("the server is away"), std::string::npos) << p.kept->lines[0];
  p.behind->fail(false);
  ASSERT_TRUE(p.behind->wait_until_sent(1)) << "nobody tried again";
  EXPECT_EQ(p.behind->sent()[0].id, id);  // the same id: had the first try reached the store, it would be one job
}

TEST(BufferedQueue, what_was_pushed_during_a_failed_flush_keeps_its_order) {
  Pair p;
  p.behind->fail(true);
  p.queue->push(Greet("first"));
  EXPECT_THROW(p.queue->flush(), Error);
  p.queue->push(Greet("second"));
  p.behind->fail(false);
  p.queue->flush();
  auto const sent = p.behind->sent();
  ASSERT_EQ(sent.size(), 2U);
  EXPECT_EQ(from_json<Greet>(sent[0].args).name, "first");
}

TEST(BufferedQueue, is_bounded_and_says_so) {
  Pair p(2);
  p.queue->push(Greet("1"));
  p.queue->push(Greet("2"));
  try {
    p.queue->push(Greet("3"));
    FAIL() << "was taken";
  } catch (Error const& error) {
    EXPECT_EQ(error.kind(), ErrorKind::full);
  }
  p.queue->flush();
  p.queue->push(Greet("3"));
}

// The thread that tries again is the parent's.
TEST(BufferedQueue, says_in_a_forked_child_why_a_flush_failed_and_ends_there_without_waiting) {
  Pair p;
  p.behind->fail(true);
  p.queue->push(Greet("x"));
  EXPECT_THROW(p.queue->flush(), Error);
  pid_t const child = ::fork();
  if (child == 0) {
    int wrong = 1;
    try {
      p.queue->flush();
    } catch (Error const& error) {
      wrong = error.kind() == ErrorKind::unavailable ? 0 : 2;
    }
    p.queue.reset();
    ::_exit(wrong);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST(BufferedQueue, says_what_dies_with_it) {
  auto const kept = std::make_shared<queue_tests::Kept>();
  {
    auto behind = std::make_unique<Behind>();
    behind->fail(true);
    BufferedQueue queue(std::move(behind), Logger(kept));
    queue.push(Greet("lost"));
  }
  ASSERT_EQ(kept->lines.size(), 2U);
  EXPECT_NE(kept->lines[1].find("1 buffered jobs are lost"), std::string::npos) << kept->lines[1];
}

}  // namespace
}  // namespace kue
