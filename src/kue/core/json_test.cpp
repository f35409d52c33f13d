// Reading is strict and tells everything at once; writing refuses what could not be read.
#include <kue/envelope.hpp>
#include <kue/error.hpp>
#include <kue/json.hpp>

#include "kue/core/json_document.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <variant>

namespace {

using testing::HasSubstr;

struct Address {
  std::string street;
  int zip = 0;
};
struct Order {
  std::uint8_t n = 0;
  std::string note;
  std::vector<Address> addrs;
  std::optional<int> discount;
  std::map<std::string, int> stock;
};

template <class T> std::string why_not(std::string_view text) {
  try {
    kue::from_json<T>(text);
  } catch (kue::Error const& error) {
    EXPECT_EQ(error.kind(), kue::ErrorKind::corrupt);
    return error.what();
  }
  return "it was read";
}

TEST(json, tells_every_problem_with_its_path) {
  EXPECT_EQ(
      why_not<Order>(
          R"({"n":300,"note":7,"addrs":[{"street":"a","zip":"x"},{"street":null}],"discuont":1,"stock":{"a":1.5}})"),
      "cannot read the value from JSON:\n"
      "  - n: number out of range: 300 is not between 0 and 255\n"
      "  - note: expected a string, found an integer\n"
      "  - addrs[0].zip: expected an integer, found a string\n"
      "  - addrs[1].street: expected a string, found null\n"
      "  - addrs[1]: missing field 'zip'; if it is new in the class: static constexpr std::array added{\"zip\"}\n"
      "  - stock.a: expected an integer, found a number with a fraction or an exponent\n"
      "  - discuont: unknown field; did you mean 'discount'?");
}

TEST(json, an_optional_field_may_be_missing) {
  auto const order = kue::from_json<Order>(R"({"n":1,"note":"","addrs":[],"stock":{}})");
  EXPECT_FALSE(order.discount.has_value());
}

struct Place {
  std::string street;
  std::string country = "NZ";
  std::optional<int> zip;
  static constexpr std::array added{"country"};
};
struct Letter {
  std::string to;
  Place address;
  static constexpr bool accepts_unknown_fields = true;
};
// A field of one of these names is a field.
struct Stock {
  int added = 0;
  bool accepts_unknown_fields = false;
};

TEST(json, a_field_listed_as_added_may_be_missing_and_keeps_its_default) {
  EXPECT_EQ(kue::from_json<Place>(R"({"street":"a"})").country, "NZ");
  EXPECT_EQ(kue::from_json<Place>(R"({"street":"a","country":"CH"})").country, "CH");
  EXPECT_THAT(why_not<Place>(R"({"street":"a","country":null})"), HasSubstr("country: expected a string, found null"));
  EXPECT_THAT(why_not<Place>(R"({"country":"CH"})"), HasSubstr("missing field 'street'"));
  EXPECT_EQ(kue::to_json(Place{.street = "a"}), R"({"street":"a","country":"NZ","zip":null})");
}

TEST(json, unknown_fields_are_accepted_by_the_struct_that_says_so_and_not_by_what_it_holds) {
  EXPECT_EQ(kue::from_json<Letter>(R"({"to":"a","stamp":7,"address":{"street":"b"}})").address.street, "b");
  EXPECT_THAT(why_not<Letter>(R"({"to":"a","address":{"street":"b","planet":3}})"),
              HasSubstr("address.planet: unknown field"));
}

TEST(json, a_field_called_added_is_a_field) {
  EXPECT_EQ(kue::from_json<Stock>(R"({"added":3,"accepts_unknown_fields":true})").added, 3);
  EXPECT_THAT(why_not<Stock>("{}"), HasSubstr("missing field 'added'"));
  EXPECT_THAT(why_not<Stock>(R"({"added":3,"accepts_unknown_fields":true,"more":1})"), HasSubstr("unknown field"));
}

TEST(json, a_value_of_another_shape) {
  EXPECT_THAT(why_not<Order>("[]"), HasSubstr("expected an object, found an array"));
  EXPECT_THAT(why_not<std::vector<int>>("{}"), HasSubstr("expected an array, found an object"));
  EXPECT_THAT(why_not<bool>("0"), HasSubstr("expected a boolean, found an integer"));
  EXPECT_THAT(why_not<double>("\"1\""), HasSubstr("expected a number, found a string"));
  EXPECT_THAT(why_not<int>("99999999999999999999999"), HasSubstr("out of range: 99999999999999999999999"));
}

TEST(json, a_key_given_twice_is_refused) {
  EXPECT_THAT(why_not<Address>(R"({"street":"a","zip":1,"zip":2})"), HasSubstr("the key \"zip\" is given twice"));
  EXPECT_THAT(why_not<Address>(R"({"street":"a","zip":1,"\u007aip":2})"), HasSubstr("the key \"zip\" is given twice"));
}

TEST(json, text_that_is_not_json) {
  for (char const* text : {"",
                           " ",
                           "{",
                           "}",
                           "[1,]",
                           "{\"a\":1,}",
                           "{a:1}",
                           "01",
                           "1 2",
                           "NaN",
                           "'a'",
                           "\"\xFF\"",
                           "\"\xC0\x80\"",
                           "\"\xED\xA0\x80\"",
                           "\"\\ud800\"",
                           "// x\n1",
                           "[1] // x",
                           "\"a\nb\"",
                           "nul",
                           "+1",
                           ".5",
                           "1.",
                           "\xEF\xBB\xBF{}"}) {
    EXPECT_THAT(why_not<std::vector<int>>(text), HasSubstr("not JSON")) << text;
  }
}

TEST(json, depth_is_limited_when_reading_and_writing) {
  std::string const fits = std::string(32, '[') + std::string(32, ']');
  EXPECT_TRUE(kue::JsonDocument(fits).parsed());
  EXPECT_FALSE(kue::JsonDocument('[' + fits + ']').parsed());
  EXPECT_FALSE(kue::JsonDocument(std::string(1'000'000, '[')).parsed());
  kue::Writer out;
  for (int i = 0; i < 32; ++i) out.begin_array();
  EXPECT_TRUE(out.problems().empty());
  out.begin_array();
  ASSERT_EQ(out.problems().size(), 1U);
  EXPECT_THAT(out.problems()[0], HasSubstr("nested deeper than 32 levels"));
}

// A bit at each place of a group of eight and beyond, on both sides of each limit.
TEST(json, every_byte_is_seen_wherever_it_stands) {
  for (std::size_t size = 1; size < 20; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string text(size, 'x');
        text[at] = static_cast<char>(byte);
        EXPECT_EQ(kue::valid_utf8(text), byte < 0x80);
        std::string quoted;
        kue::append_quoted(quoted, text);
        bool const escaped = byte < 0x20 || byte == '"' || byte == '\\';
        EXPECT_EQ(quoted.size() > size + 2, escaped) << size << ' ' << at << ' ' << byte;
        if (!escaped) {
          EXPECT_EQ(quoted, '"' + text + '"');
        }
      }
    }
  }
}

TEST(json, size_is_limited) {
  std::string const big = '"' + std::string(kue::limits::kMaxArgsBytes - 2, 'x') + '"';
  EXPECT_EQ(kue::from_json<std::string>(big).size(), kue::limits::kMaxArgsBytes - 2);
  EXPECT_THAT(why_not<std::string>(big + ' '), HasSubstr("too long: 1048577 bytes, at most 1048576"));
}

// A megabyte of members, of problems, of nesting must not take a minute or all memory.
TEST(json, hostile_text_costs_little) {
  std::string keys = "{\"k\":0";
  for (int i = 0; i < 80'000; ++i) keys += ",\"" + std::to_string(i) + "\":0";
  keys += ",\"k\":0}";
  EXPECT_THAT((why_not<std::map<std::string, int>>(keys)), HasSubstr("given twice"));

  std::string strings = "[\"\"";
  for (int i = 0; i < 300'000; ++i) strings += ",\"\"";
  std::string const why = why_not<std::vector<int>>(strings + "]");
  EXPECT_THAT(why, HasSubstr("[49]: expected an integer"));
  EXPECT_THAT(why, HasSubstr("and 299951 more problems"));
  EXPECT_LT(why.size(), 10'000U);
}

TEST(json, what_cannot_be_written_is_told_with_its_path) {
  Order order;
  order.note = "\xFF";
  order.addrs = {{"ok", 1}, {"\xC3", 2}};
  order.stock["\xFE"] = 1;
  try {
    kue::to_json(order);
    FAIL() << "it was written";
  } catch (kue::Error const& error) {
    EXPECT_EQ(error.kind(), kue::ErrorKind::invalid);
    EXPECT_THAT(error.what(), HasSubstr("\n  - note: is not UTF-8; use std::vector<std::byte>"));
    EXPECT_THAT(error.what(), HasSubstr("\n  - addrs[1].street: is not UTF-8"));
    EXPECT_THAT(error.what(), HasSubstr("the key is not UTF-8"));
    EXPECT_TRUE(kue::JsonDocument('"' + std::string("x") + '"').parsed());
  }
}

TEST(json, compact_keeps_values_and_order) {
  kue::JsonDocument document(" { \"b\" : [ 1.50 , -0 , 1E5, \"\\u00fc\\/\" , null , true , { } ] , \"a\" : [ ] } ");
  ASSERT_TRUE(document.parsed());
  EXPECT_EQ(document.compact(document.root()), "{\"b\":[1.50,-0,1E5,\"\xC3\xBC/\",null,true,{}],\"a\":[]}");
}

}  // namespace
