// A long prune must not hold up a producer: its locks are short, whatever there is to remove.

#include "producer.hpp"

#include <kue/open_queue.hpp>

#include <gtest/gtest.h>

#include <filesystem>

namespace {

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "spark-prune-XXXXXX").string();
    path_ = std::filesystem::canonical(::mkdtemp(name.data()));
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string file() const { return path_ / "spark.db"; }

 private:
  std::filesystem::path path_;
};

TEST(Prune, leaves_room_for_pushes_of_another_process) {
  Folder const folder;
  fill(folder.file(), 20'000);
  Producer producer(folder.file(), Microseconds(500));  // forks: before a store is open here
  auto const store = kue::open_store("sqlite:" + folder.file());
  std::int64_t pruned = 0;
  auto const began = std::chrono::steady_clock::now();
  for (bool more = true; more;) {
    auto const result = store->prune({.retention = {.usual = {.completed_count = 0}},
                                      .limit = 20'000});  // one call: it must let others in by itself
    pruned += result.pruned;
    more = result.more;
  }
  auto const spent = std::chrono::duration_cast<Microseconds>(std::chrono::steady_clock::now() - began);
  Latencies const pushes = producer.stop();
  EXPECT_EQ(pruned, 20'000);
  ASSERT_GT(pushes.us.size(), 10u) << "the producer was shut out for the whole prune";
  // A prune in one transaction would make one push wait for about all of it. Half is far more than is seen, and safe on
  // a busy machine.
  EXPECT_LT(pushes.at(1), spent.count() / 2)
      << "longest of " << pushes.us.size() << " pushes, p99 " << pushes.at(0.99) << " us";
  EXPECT_TRUE(store->check().ok());
}

}  // namespace
