// Every sort of field, there and back. Also compiled and run with clang++-19: tests/field_matrix.
#include <kue/error.hpp>
#include <kue/json.hpp>

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <chrono>
#include <cmath>
#include <deque>
#include <filesystem>
#include <limits>
#include <list>
#include <map>
#include <set>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <variant>
#include <vector>

namespace {

using namespace std::chrono_literals;

template <class T> T there_and_back(T const& value, std::string const& json) {
  EXPECT_EQ(kue::to_json(value), json);
  return kue::from_json<T>(json);
}

template <class T> struct One {
  T v{};
  bool operator==(One const&) const = default;
};

template <class T> void expect_field(T const& value, std::string const& json) {
  EXPECT_EQ(there_and_back(One<T>{value}, "{\"v\":" + json + "}").v, value);
}

template <class T> void expect_whole_range(std::string const& min, std::string const& max) {
  expect_field<T>(std::numeric_limits<T>::min(), min);
  expect_field<T>(std::numeric_limits<T>::max(), max);
  EXPECT_THROW(kue::from_json<T>(min == "0" ? "-1" : min.substr(0, min.size() - 1) + "9"), kue::Error);
  EXPECT_THROW(kue::from_json<T>(max.substr(0, max.size() - 1) + "9"), kue::Error);
}

TEST(field_matrix, integers_are_exact_at_their_ends) {
  expect_whole_range<std::int8_t>("-128", "127");
  expect_whole_range<std::uint8_t>("0", "255");
  expect_whole_range<std::int16_t>("-32768", "32767");
  expect_whole_range<std::uint16_t>("0", "65535");
  expect_whole_range<std::int32_t>("-2147483648", "2147483647");
  expect_whole_range<std::uint32_t>("0", "4294967295");
  expect_whole_range<std::int64_t>("-9223372036854775808", "9223372036854775807");
  expect_whole_range<std::uint64_t>("0", "18446744073709551615");
  expect_whole_range<long long>("-9223372036854775808", "9223372036854775807");
  expect_field<std::int64_t>(9007199254740993, "9007199254740993");  // 2^53 + 1: no double on the way
  EXPECT_THROW(kue::from_json<std::uint64_t>("18446744073709551616"), kue::Error);
  EXPECT_THROW(kue::from_json<int>("1.0"), kue::Error);
  EXPECT_THROW(kue::from_json<int>("1e3"), kue::Error);
  expect_field<char>('A', "65");
}

TEST(field_matrix, floating_point_is_the_shortest_text_that_reads_back) {
  expect_field<double>(0.1, "0.1");
  expect_field<double>(-0.0, "-0.0");
  EXPECT_TRUE(std::signbit(kue::from_json<double>(kue::to_json(-0.0))));
  expect_field<double>(1.0 / 3.0, "0.3333333333333333");
  expect_field<double>(std::numeric_limits<double>::max(), "1.7976931348623157e+308");
  expect_field<double>(std::numeric_limits<double>::denorm_min(), "5e-324");
  expect_field<float>(0.1F, "0.1");
  expect_field<float>(std::numeric_limits<float>::max(), "3.4028235e+38");
  expect_field<double>(3, "3.0");
  EXPECT_EQ(kue::from_json<double>("3"), 3.0);
  EXPECT_EQ(kue::from_json<double>("9007199254740993.0"), 9007199254740992.0);
  EXPECT_THROW(kue::from_json<double>("1e999"), kue::Error);
  EXPECT_THROW(kue::from_json<float>("1e39"), kue::Error);
  EXPECT_THROW(kue::to_json(std::numeric_limits<double>::infinity()), kue::Error);
  EXPECT_THROW(kue::to_json(One<float>{std::numeric_limits<float>::quiet_NaN()}), kue::Error);
}

// Doubles whose decimal form is hard to round: the parser must not be one bit off.
TEST(field_matrix, doubles_come_back_bit_by_bit) {
  std::uint64_t bits = 0x9E3779B97F4A7C15;
  for (int i = 0; i < 20'000; ++i) {
    bits = bits * 6364136223846793005 + 1442695040888963407;
    double const value = std::bit_cast<double>(bits);
    if (!std::isfinite(value)) continue;
    ASSERT_EQ(std::bit_cast<std::uint64_t>(kue::from_json<double>(kue::to_json(value))), bits) << kue::to_json(value);
  }
}

TEST(field_matrix, bool_text_and_bytes) {
  expect_field<bool>(true, "true");
  expect_field<std::string>("", R"("")");
  expect_field<std::string>("Gr\xC3\xBC\xC3\x9F \xF0\x9F\x90\xA6 \"\\/\n\x01",
                            "\"Gr\xC3\xBC\xC3\x9F \xF0\x9F\x90\xA6 \\\"\\\\/\\n\\u0001\"");
  expect_field<std::string>(std::string("a\0b", 3), R"("a\u0000b")");
  EXPECT_EQ(kue::from_json<std::string>(R"("\u00fc\ud83d\udc26")"), "\xC3\xBC\xF0\x9F\x90\xA6");
  using Bytes = std::vector<std::byte>;
  expect_field<Bytes>({}, R"("")");
  expect_field<Bytes>({std::byte{0xFF}}, R"("/w==")");
  expect_field<Bytes>({std::byte{0}, std::byte{0x10}, std::byte{0x83}}, R"("ABCD")");
  EXPECT_THROW(kue::from_json<Bytes>(R"("/w=")"), kue::Error);
  EXPECT_THROW(kue::from_json<Bytes>(R"("/x==")"), kue::Error)
      << "the last bits must be zero: one spelling for one value";
}

enum class Colour { red, green = 5 };
enum Plain : unsigned char { plain_a, plain_b };
enum class Wide : std::uint64_t { all = UINT64_MAX };

TEST(field_matrix, enums_are_their_integers) {
  expect_field(Colour::green, "5");
  expect_field(plain_b, "1");
  expect_field(Wide::all, "18446744073709551615");
  expect_field(std::byte{7}, "7");
}

struct Address {
  std::string street;
  std::optional<int> zip;
  bool operator==(Address const&) const = default;
};

TEST(field_matrix, containers) {
  expect_field<std::optional<int>>(std::nullopt, "null");
  expect_field<std::optional<int>>(4, "4");
  expect_field<std::vector<int>>({1, 2, 3}, "[1,2,3]");
  expect_field<std::vector<bool>>({true, false}, "[true,false]");
  expect_field<std::vector<std::vector<std::string>>>({{"a"}, {}}, R"([["a"],[]])");
  expect_field<std::vector<Address>>({{"Elm", 7}, {"Oak", {}}},
                                     R"([{"street":"Elm","zip":7},{"street":"Oak","zip":null}])");
  expect_field<std::deque<int>>({1, 2}, "[1,2]");
  expect_field<std::list<int>>({1, 2}, "[1,2]");
  expect_field<std::array<int, 3>>({1, 2, 3}, "[1,2,3]");
  expect_field<std::array<int, 0>>({}, "[]");
  EXPECT_THROW((kue::from_json<std::array<int, 3>>("[1,2]")), kue::Error);
  expect_field<std::set<std::string>>({"b", "a"}, R"(["a","b"])");
  EXPECT_THROW(kue::from_json<std::set<int>>("[1,1]"), kue::Error);
  expect_field<std::multiset<int>>({1, 1}, "[1,1]");
  expect_field<std::unordered_set<int>>({9}, "[9]");
  expect_field<std::pair<int, std::string>>({1, "x"}, R"([1,"x"])");
  expect_field<std::tuple<int, bool, Address>>({1, true, {"Elm", 7}}, R"([1,true,{"street":"Elm","zip":7}])");
}

TEST(field_matrix, maps) {
  expect_field<std::map<std::string, int>>({{"b", 2}, {"a", 1}}, R"({"a":1,"b":2})");
  expect_field<std::map<int, std::string>>({{-3, "x"}, {10, "y"}}, R"({"-3":"x","10":"y"})");
  expect_field<std::map<std::uint64_t, bool>>({{UINT64_MAX, true}}, R"({"18446744073709551615":true})");
  expect_field<std::map<Colour, int>>({{Colour::green, 1}}, R"({"5":1})");
  expect_field<std::unordered_map<std::string, Address>>({{"home", {"Elm", 1}}},
                                                         R"({"home":{"street":"Elm","zip":1}})");
  using Deep = std::map<std::string, std::optional<std::vector<Address>>>;
  expect_field<Deep>({{"a", std::nullopt}, {"b", std::vector<Address>{{"Oak", {}}}}},
                     R"({"a":null,"b":[{"street":"Oak","zip":null}]})");
  for (char const* bad :
       {R"({"007":1})", R"({"x":1})", R"({"":1})", R"({"99999999999":1})", R"({"1 ":1})", R"({"-0":1})"}) {
    EXPECT_THROW((kue::from_json<std::map<int, int>>(bad)), kue::Error) << bad;
  }
  EXPECT_THROW((kue::from_json<std::map<unsigned, int>>(R"({"-1":1})")), kue::Error);
}

TEST(field_matrix, variants_say_which_alternative) {
  using V = std::variant<int, std::string, Address, std::monostate, int>;
  expect_field<V>(V(std::in_place_index<0>, 7), R"({"index":0,"value":7})");
  expect_field<V>(V("x"), R"({"index":1,"value":"x"})");
  expect_field<V>(V(Address{"Elm", 1}), R"({"index":2,"value":{"street":"Elm","zip":1}})");
  expect_field<V>(V(std::monostate()), R"({"index":3,"value":{}})");
  expect_field<V>(V(std::in_place_index<4>, 7), R"({"index":4,"value":7})");
  for (char const* bad : {R"({"index":5,"value":1})", R"({"index":-1,"value":1})", R"({"index":0})", "7",
                          R"({"index":0,"value":1,"x":1})"}) {
    EXPECT_THROW(kue::from_json<V>(bad), kue::Error) << bad;
  }
}

TEST(field_matrix, time_is_the_count_of_its_own_unit) {
  expect_field<std::chrono::milliseconds>(1500ms, "1500");
  expect_field<std::chrono::hours>(3h, "3");
  expect_field<std::chrono::nanoseconds>(std::chrono::nanoseconds::max(), "9223372036854775807");
  expect_field<std::chrono::duration<double>>(std::chrono::duration<double>(0.25), "0.25");
  expect_field<std::chrono::sys_time<std::chrono::milliseconds>>(
      std::chrono::sys_time<std::chrono::milliseconds>(1764000000123ms), "1764000000123");
  std::chrono::system_clock::time_point const precise(1764000000123456789ns);
  expect_field(precise, "1764000000123456789");
  expect_field(std::chrono::sys_days(std::chrono::days(20000)), "20000");
}

TEST(field_matrix, paths) {
  expect_field<std::filesystem::path>("/tmp/a b/\xC3\xBC.jpg", "\"/tmp/a b/\xC3\xBC.jpg\"");
  EXPECT_THROW(kue::to_json(std::filesystem::path("\xFF")), kue::Error);
}

struct Tree {
  int value = 0;
  std::vector<Tree> children;
  bool operator==(Tree const&) const = default;
};

TEST(field_matrix, structs_in_structs) {
  Tree const tree{1, {{2, {}}, {3, {{4, {}}}}}};
  EXPECT_EQ(
      there_and_back(
          tree,
          R"({"value":1,"children":[{"value":2,"children":[]},{"value":3,"children":[{"value":4,"children":[]}]}]})"),
      tree);
}

struct Empty {
  [[maybe_unused]] static constexpr int not_a_field = 3;
};

// Names with the letters on which a parser of compilers' spellings could stumble.
struct Names {
  int value = 1, v = 2, P = 3, x_ = 4, _y = 5, ab12 = 6, nowhere = 7, operator_ = 8;
};

TEST(field_matrix, names_of_fields) {
  EXPECT_EQ(kue::field_count<Empty>(), 0U);
  EXPECT_EQ(kue::to_json(Empty()), "{}");
  EXPECT_EQ(kue::to_json(Names()), R"({"value":1,"v":2,"P":3,"x_":4,"_y":5,"ab12":6,"nowhere":7,"operator_":8})");
  struct Local {
    int inside = 1;
  };
  EXPECT_EQ(kue::to_json(Local()), R"({"inside":1})");
}

struct Most {
  int a0, a1, a2, a3, a4, a5, a6, a7, b0, b1, b2, b3, b4, b5, b6, b7, c0, c1, c2, c3, c4, c5, c6, c7, d0, d1, d2, d3,
      d4, d5, d6, d7;
};

TEST(field_matrix, thirty_two_fields) {
  EXPECT_EQ(kue::field_count<Most>(), 32U);
  EXPECT_EQ(kue::field_names<Most>()[0], "a0");
  EXPECT_EQ(kue::field_names<Most>()[31], "d7");
  Most most{};
  most.d7 = 7;
  EXPECT_EQ(kue::from_json<Most>(kue::to_json(most)).d7, 7);
}

class Counter {
 public:
  Counter() = default;
  Counter(int count, std::string name) : count_(count), name_(std::move(name)) {}
  bool operator==(Counter const&) const = default;

 private:
  int count_ = 0;
  std::string name_;
  int cache_ = 0;  // does not travel
  KUE_FIELDS(count_, name_)
};

struct Base {
  int id = 0;
};
struct Derived : Base {
  std::string note;
  KUE_FIELDS(id, note)
};

class Nothing {
  KUE_FIELDS()
};

TEST(field_matrix, classes_that_name_their_fields) {
  Counter const counter(3, "x");
  EXPECT_EQ(there_and_back(counter, R"({"count":3,"name":"x"})"), counter);
  EXPECT_EQ(kue::field_names<Counter>()[1], "name");
  Derived derived;
  derived.id = 4;
  derived.note = "n";
  EXPECT_EQ(there_and_back(derived, R"({"id":4,"note":"n"})").id, 4);
  EXPECT_EQ(kue::to_json(Nothing()), "{}");
  EXPECT_EQ(kue::field_count<Nothing>(), 0U);
}

class Money {
 public:
  explicit Money(long cents) : cents_(cents) {}
  long cents() const { return cents_; }

 private:
  long cents_;
};

struct Price {
  Money amount{0};
  std::string currency = "EUR";
};

}  // namespace

template <> struct kue::Serde<Money> {
  static void write(kue::Writer& out, Money const& money) { out.integer(money.cents()); }
  static void read(kue::Reader& in, Money& money) {
    if (auto cents = in.integer()) money = Money(*cents);
  }
};

namespace {

TEST(field_matrix, a_type_of_somebody_elses) {
  EXPECT_EQ(there_and_back(Price{Money(250)}, R"({"amount":250,"currency":"EUR"})").amount.cents(), 250);
}

TEST(field_matrix, fields_are_visited_by_reference) {
  Address address{"Elm", 1};
  kue::visit_fields(address, [](std::string& street, std::optional<int>& zip) {
    street = "Oak";
    zip.reset();
  });
  EXPECT_EQ(address, (Address{"Oak", {}}));
}

}  // namespace
