#include "promise.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace torture {
namespace {

void expect_promise_kept(Arena& arena, int kills, milliseconds recovered) {
  kue::testing::Verdict const verdict = arena.verdict();
  fmt::print("{}", verdict.text());
  arena.print_ledger(verdict, kills);
  if (!verdict.ok()) arena.keep_folder();
  EXPECT_TRUE(verdict.ok()) << verdict.text();
  EXPECT_EQ(verdict.lost, 0);
  EXPECT_EQ(verdict.unexplained, 0);
  EXPECT_EQ(verdict.overlaps, 0);
  EXPECT_EQ(verdict.overlaps_after_node_lost, 0) << "a node's lock is free only when none of its processes lives";
  EXPECT_EQ(verdict.accepted, arena.pushed());
  EXPECT_EQ(verdict.completed, arena.pushed());
  EXPECT_LE(arena.slowest_recovery(), recovered);
  EXPECT_THAT(arena.problems_of_store(), ::testing::IsEmpty());
}

}  // namespace

void finish(Arena& arena, int kills, milliseconds recovered) {
  TORTURE_REQUIRE(arena.drain(kDrained), arena);
  EXPECT_TRUE(arena.end_worker()) << arena.logs();
  expect_promise_kept(arena, kills, recovered);
}

}  // namespace torture
