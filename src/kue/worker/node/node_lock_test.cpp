#include "kue/worker/node/node_lock.hpp"

#include <kue/error.hpp>
#include <kue/random.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <string>

#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace kue::worker {
namespace {

namespace fs = std::filesystem;

// A folder of its own as XDG_RUNTIME_DIR.
struct NodeLockTest : ::testing::Test {
  NodeLockTest() {
    std::string pattern = fs::temp_directory_path() / "kue-runtime-XXXXXX";
    if (!::mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder");
    root = pattern;
    if (char const* const set = std::getenv("XDG_RUNTIME_DIR")) before = set;
    ::setenv("XDG_RUNTIME_DIR", root.c_str(), 1);
  }
  ~NodeLockTest() override {
    if (before)
      ::setenv("XDG_RUNTIME_DIR", before->c_str(), 1);
    else
      ::unsetenv("XDG_RUNTIME_DIR");
    std::error_code ignored;
    fs::remove_all(root, ignored);
  }

  NodeLock lock() { return NodeLock(node, Logger(stderr_sink(), LogLevel::off)); }
  NodeInfo info(LockFile const& file, std::string of_boot = boot_id()) const {
    return {.node = node, .boot_id = std::move(of_boot), .lock = file};
  }
  // The file of a node whose processes have all ended.
  LockFile left_behind() { return lock().file(); }

  fs::path root;
  std::optional<std::string> before;
  std::uint64_t node = random_bits();
};

TEST_F(NodeLockTest, stands_in_the_runtime_folder_closed_to_others) {
  NodeLock const held = lock();
  EXPECT_EQ(runtime_folder(), (root / "kue").string());
  EXPECT_EQ(fs::path(held.file().path).parent_path(), root / "kue");
  struct stat folder {
  }, file{};
  ASSERT_EQ(::stat((root / "kue").c_str(), &folder), 0);
  EXPECT_EQ(folder.st_mode & 0777, 0700u);
  ASSERT_EQ(::lstat(held.file().path.c_str(), &file), 0);
  EXPECT_EQ(held.file().device, file.st_dev);
  EXPECT_EQ(held.file().inode, file.st_ino);
}

TEST_F(NodeLockTest, a_runtime_folder_that_others_may_write_to_is_not_used) {
  ::mkdir((root / "kue").c_str(), 0700);
  ASSERT_EQ(::chmod((root / "kue").c_str(), 0777), 0);
  EXPECT_THROW((void)runtime_folder(), Error);
  NodeLock const none = lock();
  EXPECT_EQ(none.file(), LockFile()) << "without a file, and it goes on";
  fs::remove(root / "kue");
  fs::create_directory(root / "elsewhere");
  fs::create_symlink(root / "elsewhere", root / "kue");
  EXPECT_THROW((void)runtime_folder(), Error) << "nor a link to one";
}

TEST_F(NodeLockTest, a_locked_file_is_of_a_node_that_lives_and_a_free_one_of_one_that_is_gone) {
  LockFile file;
  {
    NodeLock const held = lock();
    file = held.file();
    EXPECT_FALSE(is_gone(info(file), true));
    EXPECT_TRUE(is_alive(info(file), true));
    EXPECT_FALSE(is_gone(info(file), true)) << "nor does a look take it";
  }
  EXPECT_TRUE(is_gone(info(file), true));
  EXPECT_TRUE(is_gone(info(file), false)) << "on this host it is known, wherever the store is";
  EXPECT_FALSE(is_alive(info(file), true));
}

TEST_F(NodeLockTest, lives_as_long_as_one_process_that_was_forked_from_its_owner) {
  LockFile file;
  int open[2];
  ASSERT_EQ(::pipe(open), 0);
  pid_t child = -1;
  {
    NodeLock const held = lock();
    file = held.file();
    child = ::fork();
    if (child == 0) {
      ::close(open[1]);
      char byte = 0;
      (void)!::read(open[0], &byte, 1);
      ::_exit(0);
    }
  }
  EXPECT_FALSE(is_gone(info(file), true)) << "the owner has closed it; the child lives";
  ::close(open[1]);
  ::waitpid(child, nullptr, 0);
  ::close(open[0]);
  EXPECT_TRUE(is_gone(info(file), true));
}

TEST_F(NodeLockTest, a_missing_file_says_nothing) {
  LockFile const file = left_behind();
  fs::remove(file.path);
  EXPECT_FALSE(is_gone(info(file), true));
  EXPECT_FALSE(is_gone(info({}), true)) << "nor does a node without one";
}

TEST_F(NodeLockTest, another_file_of_that_name_says_nothing) {
  LockFile const file = left_behind();
  fs::rename(file.path, file.path + "-aside");  // so that its inode is not given again
  std::ofstream(file.path) << "another";
  EXPECT_FALSE(is_gone(info(file), true));
  fs::remove(file.path);
  fs::rename(file.path + "-aside", file.path);
  ASSERT_TRUE(is_gone(info(file), true));
  LockFile other_device = file;
  other_device.device += 1;
  EXPECT_FALSE(is_gone(info(other_device), true));
}

TEST_F(NodeLockTest, a_fifo_a_folder_or_a_link_of_that_name_says_nothing_and_holds_nobody) {
  LockFile const file = left_behind();
  std::string const aside = file.path + "-aside";
  fs::rename(file.path, aside);
  ASSERT_EQ(::mkfifo(file.path.c_str(), 0600), 0);
  EXPECT_FALSE(is_gone(info(file), true));
  fs::remove(file.path);
  fs::create_directory(file.path);
  EXPECT_FALSE(is_gone(info(file), true));
  fs::remove(file.path);
  fs::create_symlink(aside, file.path);
  EXPECT_FALSE(is_gone(info(file), true)) << "though it leads to that very file";
}

TEST_F(NodeLockTest, another_start_of_the_kernel_is_gone_if_everybody_is_on_this_host) {
  LockFile const file = left_behind();
  ASSERT_NE(boot_id(), "");
  EXPECT_TRUE(is_gone(info(file, "of another start"), true));
  EXPECT_TRUE(is_gone(info({}, "of another start"), true)) << "whatever became of its file";
  EXPECT_FALSE(is_gone(info(file, "of another start"), false)) << "it may be another host";
  EXPECT_FALSE(is_gone(info(file, ""), true)) << "one that does not say";
  EXPECT_FALSE(is_gone(info(file, ""), false));
}

TEST_F(NodeLockTest, a_dead_node_is_not_alive_whatever_its_file_says) {
  NodeLock const held = lock();
  NodeInfo dead = info(held.file());
  dead.dead = true;
  EXPECT_FALSE(is_alive(dead, true));
}

TEST_F(NodeLockTest, removes_its_own_file_only) {
  NodeLock held = lock();
  LockFile const file = held.file();
  fs::rename(file.path, file.path + "-aside");
  std::ofstream(file.path) << "a stranger's";
  held.remove();
  EXPECT_TRUE(fs::exists(file.path));
  remove_lock_file(file);
  remove_lock_of(node, file);
  EXPECT_TRUE(fs::exists(file.path));
  fs::rename(file.path + "-aside", file.path);
  held.remove();
  EXPECT_FALSE(fs::exists(file.path));
  held.remove();
  remove_lock_file({});
}

// What a store says of a path is no reason to remove something.
TEST_F(NodeLockTest, of_a_dead_node_only_a_file_of_its_name_in_our_folder_goes) {
  LockFile const own = left_behind();
  auto const foreign_path = root / "precious";
  std::ofstream(foreign_path) << "data";
  struct stat status {};
  ASSERT_EQ(::lstat(foreign_path.c_str(), &status), 0);
  remove_lock_of(node, {.path = foreign_path, .device = status.st_dev, .inode = status.st_ino});
  EXPECT_TRUE(fs::exists(foreign_path));
  remove_lock_of(node + 1, own);
  EXPECT_TRUE(fs::exists(own.path)) << "of another node";
  remove_lock_of(node, own);
  EXPECT_FALSE(fs::exists(own.path));
}

TEST_F(NodeLockTest, a_second_lock_of_one_node_is_refused) {
  NodeLock const held = lock();
  EXPECT_EQ(lock().file(), LockFile());
  EXPECT_TRUE(fs::exists(held.file().path));
  EXPECT_FALSE(is_gone(info(held.file()), true));
}

TEST_F(NodeLockTest, a_store_tells_whether_any_worker_lives) {
  auto const store = open_store("memory:");
  EXPECT_FALSE(any_worker_lives(*store));
  {
    NodeLock const held = lock();
    store->beat({.node = node, .boot_id = boot_id(), .lock = held.file()});
    EXPECT_TRUE(any_worker_lives(*store));
  }
  EXPECT_FALSE(any_worker_lives(*store)) << "its file is free";
  store->beat({.node = node, .boot_id = "of another start", .lock = {}});
  EXPECT_FALSE(any_worker_lives(*store)) << "all are on this host";
  store->beat({.node = node, .boot_id = "", .lock = {}});
  EXPECT_TRUE(any_worker_lives(*store)) << "as far as is known";
}

}  // namespace
}  // namespace kue::worker
