// The glance that spares a document must let nothing through that a document would refuse.

#include "kue/core/json_document.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace kue {
namespace {

struct GlanceTest : ::testing::Test {
  static bool is_good_object(std::string const& text) {
    JsonDocument const document(text);
    return document.parsed() && document.problems().empty() && document.node(0).kind == JsonNode::Kind::object;
  }
  static std::string nested(int levels) {
    std::string text = "1";
    for (int i = 0; i < levels; ++i) text = "{\"a\":" + text + "}";
    return text;
  }
};

TEST_F(GlanceTest, sees_what_most_arguments_are) {
  for (char const* const text : {"{}", R"({"name":"John Doe"})", R"({"a":1,"b":-2.5,"c":[1,2,{"d":null}],"e":true,"f":"\u00e9 \n"})", "{\"k\":\"v\xC3\xA9\"}"}) {
    EXPECT_TRUE(is_plain_object(text)) << text;
    EXPECT_TRUE(is_good_object(text)) << text;
  }
}

TEST_F(GlanceTest, leaves_to_the_document_what_it_is_not_sure_of) {
  for (char const* const text : {"", "[]", "1", "null", "{", "{}}", "{} x", "{\"a\":1,}", R"({"a":1,"a":2})", R"({"x":{"a":1,"b":2,"a":3}})",
                                 R"({"a":1,"\u0061":2})", R"({"\u0061":1,"a":2})", "{\"a\":\"\xff\"}", "{\"a\":\"\xC3\"}", "{\"a\":\"\x01\"}", R"({"a":01})",
                                 R"({"a":1e})", R"({"a":NaN})", R"({a:1})", R"({"a":1}/* */)"}) {
    EXPECT_FALSE(is_plain_object(text)) << text;
  }
}

TEST_F(GlanceTest, is_as_strict_about_depth_and_about_many_keys) {
  for (int levels = 1; levels < 2 * limits::kMaxJsonDepth; ++levels) {
    EXPECT_TRUE(!is_plain_object(nested(levels)) || is_good_object(nested(levels))) << levels;
  }
  EXPECT_FALSE(is_plain_object(nested(limits::kMaxJsonDepth + 1)));
  std::string many = "{\"last\":1";
  for (int i = 0; i < 40; ++i) many += ",\"k" + std::to_string(i) + "\":1";
  EXPECT_FALSE(is_plain_object(many + ",\"last\":2}"));
}

TEST_F(GlanceTest, agrees_with_the_document_on_anything) {
  std::mt19937 random(20261124);
  std::string const letters = "{}[]:,\"\\u0019aeE+-. \n\xC3\xA9\xffntf/";
  int seen = 0;
  for (int i = 0; i < 60'000; ++i) {
    std::string text = i % 3 ? R"({"a":1,"b":[true,"x"],"c":{"d":null}})" : R"({"aa":1,"a":{"a":2},"b":"\u00e9"})";
    for (std::size_t changes = random() % 4; changes > 0 && !text.empty(); --changes) {
      std::size_t const at = random() % text.size();
      char const letter = letters[random() % letters.size()];
      switch (random() % 3) {
        case 0: text[at] = letter; break;
        case 1: text.insert(at, 1, letter); break;
        default: text.erase(at, 1); break;
      }
    }
    bool const plain = is_plain_object(text);
    seen += plain ? 1 : 0;
    ASSERT_TRUE(!plain || is_good_object(text)) << text;
  }
  EXPECT_GT(seen, 10'000) << "the test must not be of refusals alone";
}

}  // namespace
}  // namespace kue
