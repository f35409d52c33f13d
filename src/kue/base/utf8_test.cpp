#include "kue/base/utf8.hpp"

#include "kue/base/dangerous_test.hpp"

#include <kue/logger.hpp>

#include <gtest/gtest.h>

namespace kue {
namespace {

TEST(Utf8, every_character_is_read_as_it_is_written) {
  for (char32_t code = 0; code <= 0x10ffff; ++code) {
    if (0xd800 <= code && code <= 0xdfff) continue;
    std::string const bytes = test::utf8_of(code);
    Utf8Character const read = utf8_character(bytes + "x");
    ASSERT_TRUE(read.code == code && read.size == bytes.size()) << test::name_of(code);
    ASSERT_EQ(utf8_character(bytes.substr(0, bytes.size() - 1)).size, 0U) << test::name_of(code);
  }
}

TEST(Utf8, overlong_forms_surrogates_and_what_is_above_the_last_are_refused) {
  for (char const* bad :
       {"", "\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xF0\x8F\xBF\xBF", "\xED\xA0\x80", "\xED\xBF\xBF",
        "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "\xC3(", "\xE2\x82(", "\xF0\x9F\x90("}) {
    EXPECT_EQ(utf8_character(bad).size, 0U) << bad;
  }
}

TEST(Utf8, a_prefix_ends_between_characters) {
  EXPECT_EQ(utf8_prefix("a\u20acb", 9), "a\u20acb");
  EXPECT_EQ(utf8_prefix("a\u20acb", 4), "a\u20ac");
  EXPECT_EQ(utf8_prefix("a\u20acb", 3), "a");
  EXPECT_EQ(utf8_prefix("a\u20acb", 0), "");
  EXPECT_EQ(utf8_prefix("\x80\x80", 1), "");
}

TEST(Dangerous, is_what_a_reader_does_not_see_or_a_terminal_obeys) {
  for (char32_t const code :
       {U'\0',     U'\x1b',   U'\x7f',   U'\x9b',       U'\xad',       U'\u061c',    U'\u200b', U'\u200d',
        U'\u200e', U'\u200f', U'\u2028', U'\u2029',     U'\u202a',     U'\u202e',    U'\u2060', U'\u2066',
        U'\u2069', U'\ufe00', U'\ufeff', U'\U000e0001', U'\U000e007f', U'\U000e0100'}) {
    EXPECT_TRUE(is_dangerous(code)) << test::name_of(code);
  }
  for (char32_t const code : {U' ', U'~', U'\xa0', U'\xfc', U'\u20ac', U'\u0627', U'\u4e2d', U'\ufe0f', U'\ufffd',
                              U'\U0001f600', U'\U0010ffff'}) {
    EXPECT_FALSE(is_dangerous(code)) << test::name_of(code);
  }
}

TEST(Dangerous, escapes_say_which_character_it_was) {
  auto const escape = [](char32_t code, void (*append)(std::string&, char32_t)) {
    std::string text;
    append(text, code);
    return text;
  };
  EXPECT_EQ(escape(0x1b, append_escape), "\\x1b");
  EXPECT_EQ(escape(0x9b, append_escape), "\\u009b");
  EXPECT_EQ(escape(0x202e, append_escape), "\\u202e");
  EXPECT_EQ(escape(0xe0001, append_escape), "\\U000e0001");
  EXPECT_EQ(escape(0x1b, append_json_escape), "\\u001b");
  EXPECT_EQ(escape(0xe0001, append_json_escape), "\\udb40\\udc01");
}

// safe_text, the console and the rest of a dead child's log have the same test beside them.
TEST(Dangerous, none_gets_into_a_log_line) {
  for (LogFormat const format : {LogFormat::text, LogFormat::json}) {
    std::shared_ptr<LogSink> const sink = stderr_sink(format);
    test::for_each_dangerous([&](char32_t code, std::string const& character) {
      JobMark const job(JobId::make(), "Kind" + character, 1);
      testing::internal::CaptureStderr();
      sink->write({LogLevel::info, job, "a" + character + "b"});
      std::string line = testing::internal::GetCapturedStderr();
      ASSERT_TRUE(line.ends_with('\n'));
      line.pop_back();
      EXPECT_EQ(test::dangerous_in(line), "") << test::name_of(code);
    });
  }
}

}  // namespace
}  // namespace kue
