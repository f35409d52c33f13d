#include "spark/application/queue_choice.hpp"

#include <kue/error.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace spark {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string refusal(std::vector<std::string> const& items) {
  try {
    parse_queue_choice(items);
  } catch (kue::Error const& error) {
    EXPECT_EQ(error.kind(), kue::ErrorKind::invalid);
    return error.what();
  }
  return "accepted";
}

TEST(QueueChoice, names_alone_are_an_order_of_preference) {
  QueueChoice const choice = parse_queue_choice({"mail", "default"});
  EXPECT_THAT(choice.names, ElementsAre("mail", "default"));
  EXPECT_THAT(choice.weights, IsEmpty());
  EXPECT_THAT(parse_queue_choice({}).names, IsEmpty());
}

TEST(QueueChoice, names_with_weights) {
  QueueChoice const choice = parse_queue_choice({"mail:3", "default:1000"});
  EXPECT_THAT(choice.names, ElementsAre("mail", "default"));
  EXPECT_THAT(choice.weights, ElementsAre(3, 1000));
}

TEST(QueueChoice, both_ways_at_once_are_refused_with_a_way_out) {
  for (auto const& items : {std::vector<std::string>{"mail:3", "default"}, {"default", "mail:3"}}) {
    EXPECT_THAT(refusal(items), HasSubstr("queue 'default' has no weight and others have: give every queue one"));
  }
}

TEST(QueueChoice, wrong_weights_and_names_are_refused) {
  for (char const* weight : {"0", "-1", "1001", "", "x", "1.5", "1:2"}) {
    EXPECT_THAT(refusal({std::string("mail:") + weight}),
                HasSubstr("the weight of queue 'mail' must be a whole number from 1 to 1000"))
        << weight;
  }
  EXPECT_THAT(refusal({"no blanks"}), HasSubstr("'no blanks' is not the name of a queue"));
  EXPECT_THAT(refusal({"a:1", "a:2"}), HasSubstr("queue 'a' is named twice"));
}

}  // namespace
}  // namespace spark
