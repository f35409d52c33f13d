#include "kue/core/queue_order.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

namespace kue::core {
namespace {

// The same numbers in each run, so that a distribution is the same too.
struct Seeded : Random {
  std::mt19937_64 engine{20261124};
  std::uint64_t below(std::uint64_t bound) override {
    return bound == 0 ? 0 : std::uniform_int_distribution<std::uint64_t>(0, bound - 1)(engine);
  }
};

struct Scripted : Random {
  std::vector<std::uint64_t> numbers, bounds;
  std::uint64_t below(std::uint64_t bound) override {
    bounds.push_back(bound);
    std::uint64_t const number = numbers.at(bounds.size() - 1);
    return number;
  }
};

using Order = std::vector<std::size_t>;

TEST(QueueOrder, has_each_queue_once) {
  Seeded random;
  for (int i = 0; i < 200; ++i) {
    Order order = draw_order(std::vector{5, 1, 3, 1}, random);
    std::sort(order.begin(), order.end());
    EXPECT_EQ(order, (Order{0, 1, 2, 3}));
  }
  EXPECT_TRUE(draw_order({}, random).empty());
}

TEST(QueueOrder, is_drawn_by_weight_among_those_that_are_left) {
  Scripted random;
  random.numbers = {4, 2};
  EXPECT_EQ(draw_order(std::vector{3, 2, 1}, random),
            (Order{1, 0, 2}));  // tickets 0..2 are the first's, 3..4 the second's
  EXPECT_EQ(random.bounds, (std::vector<std::uint64_t>{6, 4})) << "the last one is not drawn";
  random = {};
  random.numbers = {5, 3};
  EXPECT_EQ(draw_order(std::vector{3, 2, 1}, random), (Order{2, 1, 0}));
}

TEST(QueueOrder, a_weight_of_three_comes_first_three_times_as_often) {
  Seeded random;
  std::map<std::size_t, int> first;
  std::map<Order, int> orders;
  constexpr int kDraws = 60'000;
  for (int i = 0; i < kDraws; ++i) {
    Order const order = draw_order(std::vector{3, 2, 1}, random);
    ++first[order.front()];
    ++orders[order];
  }
  // A deviation of 1 % of the draws is more than five times the standard deviation.
  EXPECT_NEAR(first[0], kDraws * 3 / 6, kDraws / 100);
  EXPECT_NEAR(first[1], kDraws * 2 / 6, kDraws / 100);
  EXPECT_NEAR(first[2], kDraws * 1 / 6, kDraws / 100);
  EXPECT_NEAR((orders[{0, 1, 2}]), kDraws * (3.0 / 6) * (2.0 / 3), kDraws / 100) << "and the rest by the same rule";
  EXPECT_EQ(orders.size(), 6U);
}

TEST(QueueOrder, the_lightest_queue_is_never_long_without_its_turn) {
  Seeded random;
  int longest = 0, since = 0;
  for (int i = 0; i < 20'000; ++i) {
    since = draw_order(std::vector{9, 1}, random).front() == 1 ? 0 : since + 1;
    longest = std::max(longest, since);
  }
  EXPECT_LT(longest, 200);  // one in ten: 0.9^200 is one in a billion
}

}  // namespace
}  // namespace kue::core
