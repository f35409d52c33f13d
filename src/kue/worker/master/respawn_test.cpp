#include "kue/worker/master/respawn.hpp"

#include <gtest/gtest.h>

namespace kue::worker {
namespace {

struct RespawnTest : ::testing::Test {
  Respawn respawn{Millis(100), Millis(30'000)};
  SteadyPoint now{Millis(1'000'000)};
  Millis fail() {
    respawn.ended({.booted = false}, now);
    Millis const delay = respawn.next() - now;
    now = respawn.next();
    return delay;
  }
};

TEST_F(RespawnTest, at_once_after_work_or_a_good_life) {
  respawn.ended({.booted = true, .worked = true}, now);
  EXPECT_TRUE(respawn.may_start(now));
  respawn.ended({.booted = true, .lasted = Millis(5000)}, now);
  EXPECT_TRUE(respawn.may_start(now));
  respawn.ended({.booted = true, .lasted = Millis(10)}, now);
  EXPECT_FALSE(respawn.may_start(now));
}

TEST_F(RespawnTest, doubles_from_100_ms_to_30_s_while_starts_fail) {
  EXPECT_EQ(fail(), Millis(100));
  EXPECT_EQ(fail(), Millis(200));
  for (int i = 0; i < 6; ++i) fail();
  EXPECT_EQ(fail(), Millis(25'600));
  EXPECT_EQ(fail(), Millis(30'000));
}

TEST_F(RespawnTest, one_that_starts_and_is_killed_again_and_again_waits_half_a_second_at_most) {
  for (int i = 0; i < 20; ++i) {
    respawn.ended({.booted = true, .lasted = Millis(10)}, now);
    EXPECT_LE(respawn.next() - now, Millis(500));
    now = respawn.next();
  }
}

TEST_F(RespawnTest, gives_up_after_ten_in_a_row_only) {
  for (int i = 0; i < 9; ++i) fail();
  EXPECT_FALSE(respawn.give_up());
  respawn.booted();
  for (int i = 0; i < 9; ++i) fail();
  EXPECT_FALSE(respawn.give_up());
  fail();
  EXPECT_TRUE(respawn.give_up());
}

TEST_F(RespawnTest, four_that_fail_at_once_wait_once) {
  for (int i = 0; i < 4; ++i) respawn.ended({.booted = false}, now);
  EXPECT_EQ(respawn.next() - now, Millis(100));
}

}  // namespace
}  // namespace kue::worker
