// The glance that spares a document: what it does not know for certain is looked at closely, and nothing gets by that a
// document would refuse.

#include "kue/core/json_document.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <iterator>
#include <string>
#include <vector>

namespace kue {
namespace {

bool is_sound_object(std::string_view text) {
  JsonDocument const document(text);
  return document.parsed() && document.problems().empty() && document.node(0).kind == JsonNode::Kind::object;
}

std::string nested(int levels) {
  std::string text = "1";
  for (int i = 0; i < levels; ++i) text = "{\"a\":" + text + "}";
  return text;
}

TEST(JsonGlance, is_enough_for_usual_arguments) {
  for (char const* const text : {"{}", R"({"a":1})", R"({"name":"John Doe"})",
                                 R"({"a":-1.5e3,"b":[true,null,{"a":"x\ny"}],"c":{"a":{"b":18446744073709551615}}})",
                                 R"({"a":1,"b":-2.5,"c":[1,2,{"d":null}],"e":true,"f":"\u00e9 \n"})",
                                 R"({"a":"\u00fc\ud83d\ude00 ü"})", "{\"k\":\"v\xC3\xA9\"}"}) {
    EXPECT_TRUE(is_plain_object(text)) << text;
    EXPECT_TRUE(is_sound_object(text)) << text;
  }
}

TEST(JsonGlance, lets_nothing_by) {
  std::string many = "{";
  for (int i = 0; i < 40; ++i) many += '"' + std::to_string(i % 39) + "\":0,";
  many.back() = '}';
  std::string const deep = R"({"a":)" + std::string(32, '[') + std::string(32, ']') + '}';
  for (std::string const& text : std::vector<std::string>{"",
                                                          "[]",
                                                          "1",
                                                          "null",
                                                          " {}",
                                                          "{}x",
                                                          "{} x",
                                                          "{}}",
                                                          "{",
                                                          R"({"a":1,"a":2})",
                                                          R"({"b":{"a":1,"a":2}})",
                                                          R"({"x":{"a":1,"b":2,"a":3}})",
                                                          R"([{"a":1,"a":2}])",
                                                          R"({"a":1,"\u0061":2})",
                                                          R"({"\u0061":1,"a":2})",
                                                          R"({"\u0061":1,"\u0061":2})",
                                                          R"({"xa":1,"x\u0061":2})",
                                                          R"({"":1,"":2})",
                                                          R"({"a":{},"b":[{"c":{"d":{}}}],"a":0})",
                                                          "{\"a\":\"\xFF\"}",
                                                          "{\"a\":\"\xC3\"}",
                                                          "{\"\xC0\x80\":1}",
                                                          "{\"a\":\"\\ud800\"}",
                                                          "{\"a\":\"\x01\"}",
                                                          R"({"a":01})",
                                                          R"({"a":1e})",
                                                          R"({"a":1,})",
                                                          R"({"a":NaN})",
                                                          R"({a:1})",
                                                          R"({"a":1}/* */)",
                                                          "{\"a\":\"\n\"}",
                                                          many,
                                                          deep}) {
    EXPECT_FALSE(is_plain_object(text)) << text;
  }
}

TEST(JsonGlance, is_as_strict_about_depth) {
  for (int levels = 1; levels < 2 * limits::kMaxJsonDepth; ++levels) {
    EXPECT_TRUE(!is_plain_object(nested(levels)) || is_sound_object(nested(levels))) << levels;
  }
  EXPECT_FALSE(is_plain_object(nested(limits::kMaxJsonDepth + 1)));
}

TEST(JsonGlance, agrees_with_a_close_look_whatever_is_edited) {
  std::string_view const seeds[] = {
      R"({"number":7,"ms":0.5,"list":[1,{"a":"b","c":null},[]],"deep":{"a":{"b":{"c":true}}},"text":"ü\n\u0041"})",
      R"({"a":1,"b":[true,"x"],"c":{"d":null}})",
      R"({"aa":1,"a":{"a":2},"b":"\u00e9"})",
  };
  std::string_view const pieces[] = {
      "",      "\"", "{", "}", "[", "]",    ",", ":",  "\\", "\\u0061", "\"a\":1,", "\"a\"",           "{\"a\":",
      "1e999", "-",  "0", "9", ".", "null", " ", "\n", "/",  "\x19",    "\xC3",     "\xF0\x9F\x90\xA6"};
  std::uint64_t state = 42;
  auto const below = [&](std::size_t n) {
    state = state * 6364136223846793005 + 1442695040888963407;
    return static_cast<std::size_t>(state >> 33) % n;
  };
  int sound = 0;
  for (int i = 0; i < 100'000; ++i) {
    std::string text(seeds[below(std::size(seeds))]);
    for (std::size_t edits = below(4); edits > 0 && !text.empty(); --edits)
      text.replace(below(text.size()), below(4), pieces[below(std::size(pieces))]);
    if (!is_plain_object(text)) continue;
    ++sound;
    ASSERT_TRUE(is_sound_object(text)) << text;
  }
  EXPECT_GT(sound, 10'000) << "the test must not be of refusals alone";
}

}  // namespace
}  // namespace kue
