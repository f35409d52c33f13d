#pragma once
// JSON of values: how the arguments and the result of a job become text and come back.
//
//   struct Point { int x = 0; std::optional<double> y; };
//   std::string text = kue::to_json(Point(1, 2.5));                 // {"x":1,"y":2.5}
//   Point point = kue::from_json<Point>(text);
//
//   template <> struct kue::Serde<Money> {                          // a type of somebody else's
//     static void write(kue::Writer& out, Money const& m) { out.integer(m.cents()); }
//     static void read(kue::Reader& in, Money& m) { if (auto cents = in.integer()) m = Money(*cents); }
//   };
//
// Which types travel and how each is spelled: docs/internals/formats.md. Everything comes back exactly as it was.
// Reading is strict: a missing field, an unknown one, one given twice, a wrong type, a number out of range are
// problems, and all of them are found at once, each with its path: "addrs[0].zip: expected an integer". A struct that
// has changed says so, and older and newer texts are read as well:
//
//   struct Address {
//     std::string street;
//     std::string country = "NZ";                                   // missing: "NZ", for it is listed as added
//     std::optional<int> zip;                                       // missing: empty, for it is an optional
//     static constexpr std::array added{"country"};
//     static constexpr bool accepts_unknown_fields = true;          // default: refused
//   };
//
// to_json throws Error(invalid), from_json Error(corrupt), with every problem in the text. No global state;
// thread-safe.

#include <kue/fields.hpp>
#include <kue/limits.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kue {

// Writes one value. Commas and paths are its business; problems are kept until the end.
class Writer {
 public:
  void null();
  void boolean(bool value);
  void integer(std::int64_t value);
  void unsigned_integer(std::uint64_t value);
  void number(double value);  // the shortest text that reads back as the same value; NaN and infinity are problems
  void number(float value);
  void string(std::string_view value);           // bytes that are not UTF-8 are a problem
  void bytes(std::span<std::byte const> value);  // base64 with padding
  void raw(std::string_view json);               // a value that is JSON already: the caller vouches for it
  void begin_array();
  void end_array();
  void begin_object();
  void key(std::string_view name);
  void end_object();

  void problem(std::string_view what);  // at the present path

  std::string take() { return std::move(text_); }
  std::vector<std::string> const& problems() const { return problems_; }

 private:
  struct Level {
    bool object = false;
    std::size_t members = 0;
    std::string key;
  };
  void before_value();
  void begin(bool object, char bracket);
  void quoted(std::string_view value);

  std::string text_;
  std::vector<Level> levels_;
  std::vector<std::string> problems_;
  bool too_deep_ = false;
};

class JsonDocument;

// One value of a document that was parsed. The functions that ask for a type add a problem if it is another one.
class Reader {
 public:
  bool null() const;
  std::optional<bool> boolean();
  std::optional<std::int64_t> integer(std::int64_t min = INT64_MIN, std::int64_t max = INT64_MAX);
  std::optional<std::uint64_t> unsigned_integer(std::uint64_t max = UINT64_MAX);
  std::optional<double> number();
  std::optional<float> number32();
  std::optional<std::string_view> string();  // valid as long as the document
  std::optional<std::vector<std::byte>> bytes();

  // for (auto item = in.first(); item; item = item->next()) ...   after array() or object() said yes
  bool array();
  bool object();
  std::size_t size() const;  // of an array or object
  std::optional<Reader> first();
  std::optional<Reader> next() const;
  std::string_view key() const;                        // of a member of an object
  std::optional<Reader> field(std::string_view name);  // null if there is none; that is no problem yet

  void problem(std::string_view what);         // at this value's path
  void wrong_type(std::string_view expected);  // "expected an integer, found a string"
  std::string path() const;

 private:
  friend class JsonDocument;
  Reader(JsonDocument& document, std::uint32_t node, Reader const* parent, std::uint32_t index)
      : document_(&document), parent_(parent), node_(node), index_(index) {}

  JsonDocument* document_;
  Reader const* parent_;  // on the stack of who reads: outlives this one
  std::uint32_t node_;
  std::uint32_t index_;  // in the parent
};

// How a type is written and read: specialise it for a type of your own that has no public fields.
template <class T> struct Serde;

template <class T> void write(Writer& out, T const& value) { Serde<T>::write(out, value); }
template <class T> void read(Reader& in, T& into) { Serde<T>::read(in, into); }

namespace detail {

std::string finish_text(Writer& out);  // throws Error(invalid) with the problems
using ReadErased = void (*)(Reader&, void*);
// Parses and reads; the problems, or nothing.
std::vector<std::string> read_text(std::string_view text, void* into, ReadErased read);
[[noreturn]] void throw_corrupt(std::vector<std::string> const& problems);
std::string listed(std::vector<std::string> const& problems);  // "\n  - one\n  - two"

template <class T> void read_erased(Reader& in, void* into) { Serde<T>::read(in, *static_cast<T*>(into)); }
template <class T> std::vector<std::string> read_value(std::string_view text, T& into) {
  return read_text(text, &into, &read_erased<T>);
}

}  // namespace detail

template <class T> std::string to_json(T const& value) {
  Writer out;
  write(out, value);
  return detail::finish_text(out);
}

template <class T> T from_json(std::string_view text) {
  T value{};
  std::vector<std::string> const problems = detail::read_value(text, value);
  if (!problems.empty()) detail::throw_corrupt(problems);
  return value;
}

}  // namespace kue

#include <kue/detail/serde.hpp>  // Serde of the types that travel by themselves
