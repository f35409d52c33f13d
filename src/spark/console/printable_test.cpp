#include "spark/console/printable.hpp"

#include "kue/base/dangerous_test.hpp"
#include "spark/console/table.hpp"
#include "spark/console/times.hpp"
#include "spark/console/wrap.hpp"

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;

TEST(Printable, escapes_what_drives_a_terminal_or_turns_letters_round) {
  EXPECT_EQ(spark::printable("plain \u00fc \u2603"), "plain \u00fc \u2603");
  EXPECT_EQ(spark::printable("a\x1b[31m\n\t\r\x7f"), "a\\x1b[31m\\n\\t\\r\\x7f");
  EXPECT_EQ(spark::printable("a\xff\xc3"), "a\\xff\\xc3");
  EXPECT_EQ(spark::printable("\xc2\x9b"
                             "31m"),
            "\\u009b31m");
  EXPECT_EQ(spark::printable("\u202egnp.exe\u2066"), "\\u202egnp.exe\\u2066");
  EXPECT_EQ(spark::printable(std::string_view("\0", 1)), "\\x00");
}

TEST(Printable, lets_no_dangerous_character_through) {
  kue::test::for_each_dangerous([](char32_t code, std::string const& character) {
    std::string const text = "a" + character + "b";
    EXPECT_EQ(kue::test::dangerous_in(spark::printable(text)), "") << kue::test::name_of(code);
    EXPECT_EQ(kue::test::dangerous_in(spark::shortened(text, 40)), "") << kue::test::name_of(code);
    kue::Writer writer;
    writer.string(text);
    std::string const json = spark::printable_json(writer.take());
    EXPECT_EQ(kue::test::dangerous_in(json), "") << kue::test::name_of(code);
    EXPECT_EQ(kue::from_json<std::string>(json), text) << "it still means the same";
  });
}

TEST(Printable, shortens_by_characters) {
  EXPECT_EQ(spark::shortened("\u2603\u2603\u2603", 3), "\u2603\u2603\u2603");
  EXPECT_EQ(spark::shortened("\u2603\u2603\u2603\u2603\u2603", 4), "\u2603...");
  EXPECT_EQ(spark::shortened("abcdef", 5), "ab...");
}

TEST(Printable, json_keeps_its_meaning) {
  EXPECT_EQ(spark::printable_json("{\"a\":\"\u202e\x7f\u00fc\"}"), "{\"a\":\"\\u202e\\u007f\u00fc\"}");
  EXPECT_EQ(spark::as_utf8("a\xff"
                           "b"),
            "a\ufffd"
            "b");
}

TEST(Printable, counts_columns_as_a_terminal_does) {
  EXPECT_EQ(spark::width_of("plain"), 5u);
  EXPECT_EQ(spark::width_of("\u00fc\u2603"), 2u);
  EXPECT_EQ(spark::width_of("\u4e2d\u6587"), 4u);  // East Asian wide
  EXPECT_EQ(spark::width_of("\U0001f600"), 2u);
  EXPECT_EQ(spark::width_of("e\u0301"), 1u);  // a combining mark
  EXPECT_EQ(spark::shortened("\u4e2d\u6587\u4e2d\u6587", 7), "\u4e2d\u6587...");
  EXPECT_EQ(spark::shortened("\u4e2d\u6587\u4e2d\u6587", 6), "\u4e2d...");
}

TEST(Table, aligns_by_columns_and_leaves_no_blanks_at_the_end) {
  spark::Table table({{"NAME"}, {"N", spark::Align::right}});
  table.row({"\u00fc", "10"});
  table.row({"long name", "7"});
  table.row({"\u4e2d\u6587", "8"});
  EXPECT_EQ(table.text(), "NAME        N\n\u00fc          10\nlong name   7\n\u4e2d\u6587        8\n");
}

TEST(Table, colours_take_no_room_and_the_last_column_ends_with_the_terminal) {
  spark::Table table({{"STATE"}, {"ARGS"}});
  table.row({{"running", spark::Colour::yellow}, "0123456789abcdef"});
  EXPECT_EQ(table.text({.colours = true, .width = 20}),
            "\x1b[1mSTATE\x1b[0m    \x1b[1mARGS\x1b[0m\n\x1b[33mrunning\x1b[0m  01234567...\n");
}

TEST(Table, loses_no_number_however_narrow_the_terminal_is) {
  using spark::Align;
  spark::Table table({{"QUEUE"},
                      {"AVAILABLE", Align::right, "AVAIL"},
                      {"RUNNING", Align::right, "RUN"},
                      {.name = "NOTE", .extra = true}});
  table.row({"a long name", "1234567", "7", "nothing to say"});
  EXPECT_EQ(table.text({.width = 42}),
            "QUEUE        AVAILABLE  RUNNING  NOTE\na long name    1234567        7  nothin...\n");
  EXPECT_EQ(table.text({.width = 33}), "QUEUE        AVAIL  RUN  NOTE\na long...  1234567    7  nothi...\n");
  EXPECT_EQ(table.text({.width = 22}), "QUEUE       AVAIL  RUN\na lon...  1234567    7\n");
  EXPECT_EQ(table.text({.width = 15}), "QUEUE     AVAIL\na l...  1234567\n\nQUEUE   RUN\na l...    7\n");
}

TEST(Wrap, keeps_words_and_indent) {
  EXPECT_EQ(spark::wrapped("one two three", 8), "one two\nthree\n");
  EXPECT_EQ(spark::beside("  -n", 6, "one two three", 12), "  -n  one\n      two\n      three\n");
  EXPECT_EQ(spark::beside("  --long", 6, "one", 12), "  --long\n      one\n");
}

TEST(Wrap, an_example_goes_on_as_a_shell_reads_it) {
  EXPECT_EQ(spark::wrapped_example("  hello push --args 'a b c' --wait", 24),
            "  hello push --args \\\n      'a b c' --wait\n");
}

TEST(Times, are_readable) {
  kue::TimePoint const time{1'764'000'020'004ms};
  EXPECT_EQ(spark::utc_text(time), "2025-11-24 16:00:20 UTC");
  EXPECT_EQ(spark::iso_text(time), "2025-11-24T16:00:20.004Z");
  EXPECT_EQ(spark::relative_text(time, time + 12s), "12s ago");
  EXPECT_EQ(spark::relative_text(time, time - 5min), "in 5m");
  EXPECT_EQ(spark::relative_text(time, time), "now");
  EXPECT_EQ(spark::span_text(340ms), "340ms");
  EXPECT_EQ(spark::span_text(200s), "3m 20s");
  EXPECT_EQ(spark::span_text(49h), "2d 1h");
}

}  // namespace
