#include "kue/worker/master/pid_file.hpp"

#include <kue/error.hpp>

#include <gtest/gtest.h>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace kue::worker {
namespace {

struct PidFileTest : ::testing::Test {
  std::string folder;
  std::string file;
  void SetUp() override {
    char const* const base = std::getenv("TMPDIR");
    std::string pattern = std::string(base != nullptr ? base : "/tmp") + "/spark-pid-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder = pattern;
    file = folder + "/worker.pid";
  }
  void TearDown() override { std::filesystem::remove_all(folder); }
  ErrorKind refusal(std::string const& path) {
    try {
      PidFile const made(path);
    } catch (Error const& error) {
      return error.kind();
    }
    ADD_FAILURE() << "made " << path;
    return {};
  }
};

TEST_F(PidFileTest, stands_with_the_pid_while_the_object_lives) {
  {
    PidFile const made(file);
    int pid = 0;
    std::ifstream(file) >> pid;
    EXPECT_EQ(pid, ::getpid());
    EXPECT_EQ(refusal(file), ErrorKind::conflict);
  }
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(PidFileTest, a_stale_file_is_replaced_whoever_has_its_number_now) {
  std::ofstream(file) << "1\n";
  PidFile const made(file);
  int pid = 0;
  std::ifstream(file) >> pid;
  EXPECT_EQ(pid, ::getpid());
}

TEST_F(PidFileTest, never_follows_a_link_and_never_in_a_world_writable_place) {
  std::ofstream(folder + "/target") << "precious";
  std::filesystem::create_symlink(folder + "/target", file);
  EXPECT_EQ(refusal(file), ErrorKind::refused);
  std::string text;
  std::ifstream(folder + "/target") >> text;
  EXPECT_EQ(text, "precious");

  std::filesystem::create_directory(folder + "/open");
  ::chmod((folder + "/open").c_str(), 01777);
  EXPECT_EQ(refusal(folder + "/open/worker.pid"), ErrorKind::refused);
  EXPECT_EQ(refusal(folder + "/none/worker.pid"), ErrorKind::unavailable);
}

TEST_F(PidFileTest, a_child_does_not_remove_it) {
  PidFile made(file);
  pid_t const child = ::fork();
  if (child == 0) {
    made.~PidFile();
    ::_exit(0);
  }
  ::waitpid(child, nullptr, 0);
  EXPECT_TRUE(std::filesystem::exists(file));
}

}  // namespace
}  // namespace kue::worker
