#include "kue/worker/child/sentinel.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/socket.h>

namespace kue::worker {
namespace {

struct SentinelTest : ::testing::Test {
  Sentinel sentinel;
  int const number = sentinel.number();
  ~SentinelTest() override { ::close(number); }  // it never does

  // What a job does that closes all descriptors and opens its own.
  void give_the_number_to(int other) {
    ASSERT_GE(other, 0);
    ASSERT_EQ(::dup2(other, number), number);
    ::close(other);
  }
};

TEST_F(SentinelTest, is_intact_however_often_one_asks) {
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(sentinel.intact());
}

TEST_F(SentinelTest, notices_that_it_was_closed) {
  ::close(number);
  EXPECT_FALSE(sentinel.intact());
}

TEST_F(SentinelTest, notices_a_file_in_its_place) {
  give_the_number_to(::memfd_create("of the job", MFD_CLOEXEC));
  EXPECT_FALSE(sentinel.intact());
}

TEST_F(SentinelTest, notices_another_sentinel_in_its_place) {
  Sentinel const other;
  give_the_number_to(other.number());
  EXPECT_FALSE(sentinel.intact());
}

TEST_F(SentinelTest, notices_what_has_no_position_in_its_place) {
  give_the_number_to(::socket(AF_UNIX, SOCK_STREAM, 0));
  EXPECT_FALSE(sentinel.intact());
  give_the_number_to(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  EXPECT_FALSE(sentinel.intact());
}

TEST_F(SentinelTest, a_copy_that_somebody_makes_and_closes_changes_nothing) {
  ::close(::dup(number));
  EXPECT_TRUE(sentinel.intact());
}

}  // namespace
}  // namespace kue::worker
