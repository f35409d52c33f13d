#include "kue/worker/node/node_beat.hpp"

#include "kue/stores/guard/stub_store_test.hpp"
#include "kue/worker/node/node_lock.hpp"

#include <gtest/gtest.h>

#include <future>

namespace kue::worker {
namespace {

constexpr std::uint64_t kNode = 5;

struct NodeBeatTest : ::testing::Test {
  std::shared_ptr<Store> store = open_store("memory:");
  std::atomic<std::int64_t> trusted_until{0};
  std::promise<void> third_beat, dead;
  std::atomic<int> beats{0};

  NodeBeat beating(Millis every, Millis dead_after) {
    return NodeBeat(store,
                    {.node = kNode,
                     .pid = 1,
                     .every = every,
                     .dead_after = dead_after,
                     .trusted_until =
                         [this](SteadyPoint until) {
                           trusted_until = until.time_since_epoch().count();
                           if (++beats == 3) third_beat.set_value();
                         },
                     .declared_dead = [this] { dead.set_value(); }},
                    Logger(stderr_sink(), LogLevel::off));
  }
  std::uint64_t counted() { return store->nodes().at(0).beat; }
};

TEST_F(NodeBeatTest, goes_on_by_itself_until_it_is_stopped) {
  NodeBeat beat = beating(Millis(5), Millis(1000));
  ASSERT_TRUE(beat.beat());
  beat.start();
  ASSERT_EQ(third_beat.get_future().wait_for(std::chrono::seconds(10)), std::future_status::ready);
  beat.stop();
  EXPECT_GE(counted(), 3u);
}

// As a server answers that was started again, or another one in its place.
TEST(NodeBeatEpoch, tells_that_the_store_was_restarted_once_for_each_time) {
  auto const stub = std::make_shared<guard_tests::StubStore>();
  int restarts = 0;
  NodeBeat beat(stub,
                {.node = kNode, .every = Millis(5), .dead_after = Millis(1000), .store_restarted = [&] { ++restarts; }},
                Logger(stderr_sink(), LogLevel::off));
  stub->epoch = 700;
  EXPECT_TRUE(beat.beat());
  EXPECT_EQ(restarts, 0) << "the first one is as good as any";
  EXPECT_TRUE(beat.beat());
  EXPECT_EQ(restarts, 0);
  stub->epoch = 3;  // only that it is another says something
  EXPECT_TRUE(beat.beat());
  EXPECT_TRUE(beat.beat());
  EXPECT_EQ(restarts, 1);
  stub->error = Error(ErrorKind::unavailable, "away");
  EXPECT_THROW(beat.beat(), Error);
  stub->error.reset();
  EXPECT_TRUE(beat.beat());
  EXPECT_EQ(restarts, 1) << "away and back with its memory";
  stub->epoch = 700;
  EXPECT_TRUE(beat.beat());
  EXPECT_EQ(restarts, 2);
}

TEST_F(NodeBeatTest, says_of_its_host_what_others_need_to_judge_it) {
  LockFile const lock{.path = "/run/kue/node-x", .device = 1, .inode = 2};
  NodeBeat beat(store, {.node = kNode, .pid = 77, .lock = lock, .every = Millis(5), .dead_after = Millis(1000)},
                Logger(stderr_sink(), LogLevel::off));
  ASSERT_TRUE(beat.beat());
  NodeInfo const said = store->nodes().at(0);
  EXPECT_EQ(said.pid, 77);
  EXPECT_EQ(said.boot_id, boot_id());
  EXPECT_EQ(said.lock, lock);
}

TEST_F(NodeBeatTest, is_trusted_for_less_than_others_need_to_declare_it_dead) {
  std::int64_t const before = Clock::system().steady_now().time_since_epoch().count();
  beating(Millis(10'000), Millis(60'000)).beat();
  std::int64_t const after = Clock::system().steady_now().time_since_epoch().count();
  EXPECT_GE(trusted_until.load(), before + 50'000);
  EXPECT_LE(trusted_until.load(), after + 50'000);
}

TEST_F(NodeBeatTest, tells_once_that_it_was_declared_dead) {
  NodeBeat beat = beating(Millis(5), Millis(1000));
  ASSERT_TRUE(beat.beat());
  ASSERT_TRUE(store->rescue({.node = kNode, .beat_seen = counted()}).dead);
  beat.start();
  EXPECT_EQ(dead.get_future().wait_for(std::chrono::seconds(10)), std::future_status::ready);
}

}  // namespace
}  // namespace kue::worker
