#include "kue/core/names.hpp"

#include <gtest/gtest.h>

namespace kue::core {
namespace {

TEST(names, distance_in_half_steps) {
  EXPECT_EQ(edit_distance_halves("", ""), 0U);
  EXPECT_EQ(edit_distance_halves("abc", ""), 6U);
  EXPECT_EQ(edit_distance_halves("abc", "abd"), 2U);
  EXPECT_EQ(edit_distance_halves("abc", "acb"), 2U) << "neighbours swapped";
  EXPECT_EQ(edit_distance_halves("abc", "Abc"), 1U);
  EXPECT_EQ(edit_distance_halves("kitten", "sitting"), 6U);
}

std::optional<std::string> among(std::string_view word) {
  std::vector<std::string> const names = {"concurrency", "queues", "stop_timeout", "app::SendInvoice", "url"};
  return nearest(word, std::span<std::string const>(names));
}

TEST(names, nearest_is_what_was_meant) {
  EXPECT_EQ(among("concurency"), "concurrency");
  EXPECT_EQ(among("Queues"), "queues");
  EXPECT_EQ(among("queue"), "queues");
  EXPECT_EQ(among("stop-timeout"), "stop_timeout");
  EXPECT_EQ(among("SendInvoice"), "app::SendInvoice");
  EXPECT_EQ(among("ulr"), "url");
}

TEST(names, nothing_near_is_nothing) {
  EXPECT_EQ(among("colour"), std::nullopt);
  EXPECT_EQ(among(""), std::nullopt);
  EXPECT_EQ(among(std::string(10'000, 'x')), std::nullopt);
}

}  // namespace
}  // namespace kue::core
