// beat and nodes: who works here and lives.

#include "kue/conformance/cases.hpp"

namespace kue::testing {

using namespace std::chrono_literals;

namespace {

NodeInfo node(StoreTest& t, std::uint64_t wanted) {
  for (NodeInfo const& info : t.store->nodes()) {
    if (info.node == wanted) return info;
  }
  ADD_FAILURE() << "no node " << wanted;
  return {};
}

void makes_a_node_known(StoreTest& t) {
  constexpr std::uint64_t kBig = 0xfedc'ba98'7654'3210;
  EXPECT_TRUE(t.store->beat({.node = kBig, .name = "host-7", .pid = 4321}).alive);
  NodeInfo const info = node(t, kBig);
  EXPECT_EQ(info.name, "host-7");
  EXPECT_EQ(info.pid, 4321);
  EXPECT_FALSE(info.dead);
  EXPECT_EQ(info.running, 0);
  EXPECT_EQ(t.store->nodes().size(), 2u);
}

void counts_up(StoreTest& t) {
  std::uint64_t last = node(t, kNode).beat;
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(t.store->beat({.node = kNode, .name = "here", .pid = 1}).alive);
    EXPECT_GT(node(t, kNode).beat, last);
    last = node(t, kNode).beat;
  }
}

void does_not_count_for_another(StoreTest& t) {
  std::uint64_t const before = node(t, kNode).beat;
  t.store->beat({.node = kOtherNode, .name = "there", .pid = 2});
  EXPECT_EQ(node(t, kNode).beat, before);
}

void a_dead_node_is_told(StoreTest& t) {
  std::uint64_t const before = node(t, kNode).beat;
  EXPECT_TRUE(t.store->rescue({.node = kNode, .beat_seen = before}).dead);
  EXPECT_FALSE(t.store->beat({.node = kNode, .name = "here", .pid = 1}).alive);
  EXPECT_TRUE(node(t, kNode).dead);
  EXPECT_EQ(node(t, kNode).beat, before);  // nothing was written
}

void a_dead_node_starts_over_as_another(StoreTest& t) {
  JobId const id = t.push(t.job());
  t.store->rescue({.node = kNode, .beat_seen = node(t, kNode).beat});
  EXPECT_TRUE(t.store->beat({.node = kOtherNode, .name = "here", .pid = 1}).alive);
  EXPECT_EQ(ids_of(t.claim(1, {}, kOtherHolder, kOtherNode).jobs), std::vector{id});
}

void leaving_forgets_the_node(StoreTest& t) {
  EXPECT_TRUE(t.store->beat({.node = kNode, .name = "here", .pid = 1, .leaving = true}).alive);
  EXPECT_TRUE(t.store->nodes().empty());
  t.push(t.job());
  EXPECT_EQ(t.claim().node, NodeState::unknown);
}

void leaving_with_jobs_is_refused(StoreTest& t) {
  JobId const id = t.running_job();
  expect_error(ErrorKind::conflict, [&] { t.store->beat({.node = kNode, .name = "here", .pid = 1, .leaving = true}); });
  EXPECT_EQ(node(t, kNode).running, 1);
  t.complete(id);
  EXPECT_TRUE(t.store->beat({.node = kNode, .name = "here", .pid = 1, .leaving = true}).alive);
  EXPECT_TRUE(t.store->nodes().empty());
}

void nodes_say_what_they_hold(StoreTest& t) {
  t.store->beat({.node = kOtherNode, .name = "there", .pid = 2});
  t.push_many(5);
  t.claim(2);
  t.claim(3, {}, kOtherHolder, kOtherNode);
  EXPECT_EQ(node(t, kNode).running, 2);
  EXPECT_EQ(node(t, kOtherNode).running, 3);
}

void the_epoch_stays_the_same(StoreTest& t) {
  std::uint64_t const epoch = t.store->beat({.node = kNode, .name = "here", .pid = 1}).epoch;
  EXPECT_NE(epoch, 0u) << "0 is what a worker knows before its first beat";
  JobId const id = t.running_job();
  t.complete(id);
  t.clock.advance(1h);
  EXPECT_EQ(t.store->beat({.node = kNode, .name = "here", .pid = 1}).epoch, epoch);
  EXPECT_EQ(t.store->beat({.node = kOtherNode, .name = "there", .pid = 2}).epoch, epoch);
  EXPECT_EQ(t.store->beat({.node = kOtherNode, .name = "there", .pid = 2, .leaving = true}).epoch, epoch);
  ASSERT_TRUE(t.store->rescue({.node = kNode, .beat_seen = node(t, kNode).beat}).dead);
  EXPECT_EQ(t.store->beat({.node = kNode, .name = "here", .pid = 1}).epoch, epoch) << "also in the word to a dead one";
}

void two_handles_are_told_one_epoch(StoreTest& t) {
  auto const other = t.another_handle();
  EXPECT_EQ(other->beat({.node = kOtherNode, .name = "there", .pid = 2}).epoch,
            t.store->beat({.node = kNode, .name = "here", .pid = 1}).epoch);
}

void keeps_what_a_node_says_of_itself(StoreTest& t) {
  BeatRequest beat{
      .node = kOtherNode,
      .name = "web-3",
      .pid = 77,
      .boot_id = "5c1f6c7e-7f0e-4f0a-9d5e-0123456789ab",
      .lock = {.path = "/run/kue/node-\xc3\xa9 '1'", .device = 0xfedc'ba98'7654'3210, .inode = 0xffff'ffff'ffff'fffe}};
  t.store->beat(beat);
  NodeInfo info = node(t, kOtherNode);
  EXPECT_EQ(info.boot_id, beat.boot_id);
  EXPECT_EQ(info.lock, beat.lock);
  EXPECT_EQ(node(t, kNode).boot_id, "");
  EXPECT_EQ(node(t, kNode).lock, LockFile());
  beat.lock = {.path = "/run/kue/another", .device = 1, .inode = 2};  // the last word counts
  beat.boot_id = "another";
  t.store->beat(beat);
  info = node(t, kOtherNode);
  EXPECT_EQ(info.boot_id, "another");
  EXPECT_EQ(info.lock, beat.lock);
  ASSERT_TRUE(t.store->rescue({.node = kOtherNode, .beat_seen = info.beat}).dead);
  EXPECT_EQ(node(t, kOtherNode).lock, beat.lock) << "a rescuer still needs it";
}

void node_0_is_refused(StoreTest& t) {
  expect_error(ErrorKind::invalid, [&] { t.store->beat({.node = 0, .name = "nobody", .pid = 1}); });
  EXPECT_EQ(t.store->nodes().size(), 1u);
}

}  // namespace

Cases beat_cases() {
  return {{"beat", "makes_a_node_known", makes_a_node_known},
          {"beat", "counts_up", counts_up},
          {"beat", "does_not_count_for_another", does_not_count_for_another},
          {"beat", "a_dead_node_is_told", a_dead_node_is_told},
          {"beat", "a_dead_node_starts_over_as_another", a_dead_node_starts_over_as_another},
          {"beat", "leaving_forgets_the_node", leaving_forgets_the_node},
          {"beat", "leaving_with_jobs_is_refused", leaving_with_jobs_is_refused},
          {"beat", "the_epoch_stays_the_same", the_epoch_stays_the_same},
          {"beat", "two_handles_are_told_one_epoch", two_handles_are_told_one_epoch, kTwoHandles},
          {"beat", "keeps_what_a_node_says_of_itself", keeps_what_a_node_says_of_itself},
          {"beat", "node_0_is_refused", node_0_is_refused},
          {"nodes", "say_what_they_hold", nodes_say_what_they_hold}};
}

}  // namespace kue::testing
