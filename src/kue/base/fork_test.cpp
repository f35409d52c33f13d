// What is kept in memory to spare system calls must not outlive a fork.

#include "kue/base/forked_test.hpp"
#include "kue/base/own_pid.hpp"
#include "kue/base/random_pool.hpp"

#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <set>
#include <string>
#include <utility>

namespace kue {
namespace {

using Bits = std::pair<std::uint64_t, std::uint64_t>;

TEST(ForkTest, a_child_draws_other_bits_than_its_parent_and_its_siblings) {
  std::set<Bits> seen;
  (void)RandomPool::take();  // the parent's pool is full now
  for (int i = 0; i < 3; ++i) {
    std::string const drawn = test::written_in_a_child([](int out) {
      for (int n = 0; n < 40; ++n) {
        Bits const bits = RandomPool::take();
        if (::write(out, &bits, sizeof bits) != sizeof bits) ::_exit(1);
      }
    });
    ASSERT_EQ(drawn.size(), 40 * sizeof(Bits));
    for (int n = 0; n < 40; ++n) {
      Bits bits;
      drawn.copy(reinterpret_cast<char*>(&bits), sizeof bits, static_cast<std::size_t>(n) * sizeof bits);
      EXPECT_TRUE(seen.insert(bits).second);
    }
  }
  for (int n = 0; n < 40; ++n) EXPECT_TRUE(seen.insert(RandomPool::take()).second);
}

TEST(ForkTest, a_child_knows_its_own_pid) {
  EXPECT_EQ(own_pid(), ::getpid());
  EXPECT_EQ(test::written_in_a_child([](int out) {
              (void)!::write(out, own_pid() == ::getpid() ? "yes" : "no", own_pid() == ::getpid() ? 3 : 2);
            }),
            "yes");
}

// Handlers of pthread_atfork(3) do not run for it: what guards a file against two owners must not need them.
TEST(ForkTest, a_child_of_a_bare_clone_knows_its_own_pid) {
  EXPECT_EQ(own_pid(), ::getpid());
  auto const child = static_cast<pid_t>(::syscall(SYS_clone, SIGCHLD, nullptr, nullptr, nullptr, nullptr));
  if (child == 0) ::_exit(own_pid() == ::getpid() ? 0 : 1);
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(own_pid(), ::getpid());
}

}  // namespace
}  // namespace kue
