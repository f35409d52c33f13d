#include <kue/random.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace kue {
namespace {

TEST(Random, stays_below_its_bound) {
  EXPECT_EQ(Random::system().below(0), 0U);
  EXPECT_EQ(Random::system().below(1), 0U);
  for (int i = 0; i < 1000; ++i) EXPECT_LT(Random::system().below(7), 7U);
}

TEST(Random, favours_nothing) {
  std::array<int, 10> seen{};
  for (int i = 0; i < 10'000; ++i) ++seen[Random::system().below(10)];
  EXPECT_GT(*std::min_element(seen.begin(), seen.end()), 800);  // 1000 expected; 800 is 6 standard deviations below
}

}  // namespace
}  // namespace kue
