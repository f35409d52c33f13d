// A store that was open at a fork belongs to the parent: the child is told so and does not harm it.

#include "kue/stores/sqlite/verbs/fixtures_test.hpp"

#include "kue/base/descriptors.hpp"

#include <gmock/gmock.h>

namespace kue::sqlite::test {
namespace {

int open_descriptors_of(std::string const& path) {
  int found = 0;
  for (auto const& entry : fs::directory_iterator("/proc/self/fd")) {
    std::error_code ignored;
    auto const target = fs::read_symlink(entry.path(), ignored).string();
    found += target == path || target == path + "-wal" || target == path + "-shm" ? 1 : 0;
  }
  return found;
}

bool is_refused(std::function<void()> const& call) {
  auto const error = error_of(call);
  return error && error->kind() == ErrorKind::refused &&
         std::string(error->what()).find("Open the store after the fork") != std::string::npos;
}

TEST(SqliteFork, every_call_of_a_child_is_refused) {
  Folder const folder;
  auto const store = open(folder / "q.db");
  auto const pushed = jobs(1);
  std::vector<JobId> const ids{pushed[0].id};
  Child child([&] {
    return is_refused([&] { store->push({.jobs = pushed}); }) &&
           is_refused([&] { store->claim({.node = 1, .holder = 1}); }) && is_refused([&] { store->finish({}); }) &&
           is_refused([&] { store->release({}); }) && is_refused([&] { store->progress({}); }) &&
           is_refused([&] { store->cancel({.ids = ids}); }) && is_refused([&] { store->retry({.ids = ids}); }) &&
           is_refused([&] { store->pause({.queue = "default"}); }) &&
           is_refused([&] { store->resume({.queue = "default"}); }) && is_refused([&] { store->beat({.node = 1}); }) &&
           is_refused([&] { store->nodes(); }) && is_refused([&] { store->rescue({.node = 1}); }) &&
           is_refused([&] { store->running({}); }) && is_refused([&] { store->get(ids[0]); }) &&
           is_refused([&] { store->query({}); }) && is_refused([&] { store->counts(); }) &&
           is_refused([&] { store->prune({}); }) && is_refused([&] { store->check(); }) &&
           is_refused([&] { store->events({}); }) && is_refused([&] { store->wait({}); });
  });
  EXPECT_TRUE(child.good());
  EXPECT_TRUE(store->counts().empty());
}

TEST(SqliteFork, destroyed_in_a_child_it_closes_nothing) {
  Folder const folder;
  auto const path = folder / "q.db";
  auto store = open(path);
  auto const pushed = jobs(20);
  store->push({.jobs = pushed});
  Hand hand(*store);
  ASSERT_EQ(hand.claim(1).size(), 1u);  // all connections are open now
  ASSERT_TRUE(store->get(pushed[0].id));
  std::string const real = fs::canonical(path);
  int const before = open_descriptors_of(real);
  ASSERT_GE(before, 3);
  Child child([&] {
    store.reset();
    return open_descriptors_of(real) == before;
  });
  EXPECT_TRUE(child.good());
  EXPECT_EQ(hand.drain(), 19);
  EXPECT_THAT(store->check().problems, ::testing::IsEmpty());
}

TEST(SqliteFork, a_child_opens_its_own) {
  Folder const folder;
  auto const path = folder / "q.db";
  auto store = open(path);
  auto const pushed = jobs(300);
  store->push({.jobs = pushed});
  std::vector<Child> children;
  for (int i = 0; i < 3; ++i) {
    children.emplace_back([&] {
      store.reset();  // as a container does in a child: abandoned
      auto const own = open(path);
      Hand(*own).drain(3);
      return true;
    });
  }
  Hand hand(*store);
  hand.drain(3);
  for (Child& child : children) EXPECT_TRUE(child.good());
  EXPECT_EQ(store->counts().at(0).of(State::completed), 300);
  EXPECT_THAT(store->check().problems, ::testing::IsEmpty());
}

// A worker's child can tell that a job has closed its descriptors: their numbers may name the job's own files by now.
TEST(SqliteFork, a_process_whose_descriptors_were_closed_reads_and_writes_nothing) {
  Folder const folder;
  auto const store = open(folder / "q.db");
  auto const one = jobs(1);
  store->push({.jobs = one});
  descriptors_check = []() noexcept { return false; };
  for (std::function<void()> const& call : std::vector<std::function<void()>>{
           [&] { store->push({.jobs = jobs(1)}); }, [&] { store->claim({.node = 1, .holder = 2}); },
           [&] { store->get(one[0].id); }, [&] { store->wait({}); }}) {
    auto const error = error_of(call);
    EXPECT_TRUE(error && error->kind() == ErrorKind::unavailable &&
                std::string(error->what()).find("closed the descriptors") != std::string::npos);
  }
  descriptors_check = nullptr;
  EXPECT_EQ(store->get(one[0].id).value().state, State::available);
  EXPECT_TRUE(store->check().ok());
}

}  // namespace
}  // namespace kue::sqlite::test
