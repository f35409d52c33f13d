#include "kue/core/safe_text.hpp"

#include "kue/base/dangerous_test.hpp"

#include <kue/envelope.hpp>

#include <gtest/gtest.h>

namespace kue::core {
namespace {

TEST(safe_text, keeps_good_text) {
  EXPECT_EQ(safe_text("Gr\xC3\xBC\xC3\x9F\n\tdich \xF0\x9F\x90\xA6"), "Gr\xC3\xBC\xC3\x9F\n\tdich \xF0\x9F\x90\xA6");
}

TEST(safe_text, shows_control_characters) {
  EXPECT_EQ(safe_text("\x1b[31m\r\x7f\xC2\x9B"
                      "0m"),
            "\\x1b[31m\\x0d\\x7f\\u009b0m");
  EXPECT_EQ(safe_text(std::string_view("a\0b", 3)), "a\\x00b");
}

TEST(safe_text, lets_no_dangerous_character_through) {
  test::for_each_dangerous([](char32_t code, std::string const& character) {
    bool const kept = code == '\n' || code == '\t';
    EXPECT_EQ(test::dangerous_in(safe_text("a" + character + "b")), kept ? test::name_of(code) : "")
        << test::name_of(code);
  });
}

TEST(safe_text, replaces_bytes_that_are_not_utf8) {
  for (char const* bad : {"\xFF", "\x80", "\xC0\x80", "\xC3", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                          "\xF8\x88\x80\x80\x80", "\xE2\x82"}) {
    EXPECT_FALSE(valid_utf8(bad)) << bad;
    std::string const safe = safe_text(std::string("a") + bad + "b");
    EXPECT_TRUE(valid_utf8(safe)) << bad;
    EXPECT_TRUE(safe.starts_with("a\xEF\xBF\xBD") && safe.ends_with("b")) << bad;
  }
  for (char const* good : {"\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80", "\xF0\x90\x80\x80",
                           "\xF4\x8F\xBF\xBF"}) {
    EXPECT_TRUE(valid_utf8(good)) << good;
  }
}

TEST(safe_text, is_cut_between_characters_and_says_so) {
  std::string birds;
  for (int i = 0; i < 100; ++i) birds += "\xF0\x9F\x90\xA6";
  EXPECT_EQ(safe_text(birds, 400), birds);
  for (std::size_t room = 0; room < 400; ++room) {
    std::string const cut = safe_text(birds, room);
    EXPECT_LE(cut.size(), room);
    EXPECT_TRUE(valid_utf8(cut)) << room;
  }
  EXPECT_TRUE(safe_text(birds, 100).ends_with(" ... (cut, 400 bytes in all)"));
}

}  // namespace
}  // namespace kue::core
