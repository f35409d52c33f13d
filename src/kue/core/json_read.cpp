#include <kue/error.hpp>
#include <kue/job.hpp>

#include "kue/core/base64.hpp"
#include "kue/core/json_document.hpp"
#include "kue/core/names.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace kue {

using Kind = JsonNode::Kind;

static std::string_view described(Kind kind) {
  switch (kind) {
    case Kind::null: return "null";
    case Kind::boolean: return "a boolean";
    case Kind::integer:
    case Kind::unsigned_integer: return "an integer";
    case Kind::number: return "a number with a fraction or an exponent";
    case Kind::string: return "a string";
    case Kind::array: return "an array";
    case Kind::object: return "an object";
  }
  return "something else";
}

// ---- where

std::string Reader::path() const {
  if (parent_ == nullptr) return "";
  std::string path = parent_->path();
  if (document_->node(parent_->node_).kind == Kind::array) return path + '[' + std::to_string(index_) + ']';
  if (!path.empty()) path += '.';
  return path + std::string(key().substr(0, 100));
}

void Reader::problem(std::string_view what) {
  std::string const at = path();
  document_->add_problem(at.empty() ? std::string(what) : at + ": " + std::string(what));
}

void Reader::wrong_type(std::string_view expected) {
  problem("expected " + std::string(expected) + ", found " + std::string(described(document_->node(node_).kind)));
}

// ---- values

bool Reader::null() const { return document_->node(node_).kind == Kind::null; }

std::optional<bool> Reader::boolean() {
  JsonNode const& n = document_->node(node_);
  if (n.kind == Kind::boolean) return n.truth;
  wrong_type("a boolean");
  return std::nullopt;
}

static std::string range_problem(std::string_view text, std::string const& min, std::string const& max) {
  return "number out of range: " + std::string(text.substr(0, 40)) + " is not between " + min + " and " + max;
}

// Digits only, and too many of them: meant as an integer.
static bool huge_integer(JsonNode const& n, std::string_view text) {
  return n.kind == Kind::number && text.find_first_of(".eE") == std::string_view::npos;
}

std::optional<std::int64_t> Reader::integer(std::int64_t min, std::int64_t max) {
  JsonNode const& n = document_->node(node_);
  std::string_view const text = document_->text(n);
  if (n.kind == Kind::integer) {
    auto const value = static_cast<std::int64_t>(n.integer);
    if (value >= min && value <= max) return value;
  } else if (n.kind != Kind::unsigned_integer && !huge_integer(n, text)) {
    wrong_type("an integer");
    return std::nullopt;
  }
  problem(range_problem(text, std::to_string(min), std::to_string(max)));
  return std::nullopt;
}

std::optional<std::uint64_t> Reader::unsigned_integer(std::uint64_t max) {
  JsonNode const& n = document_->node(node_);
  std::string_view const text = document_->text(n);
  bool const negative = n.kind == Kind::integer && static_cast<std::int64_t>(n.integer) < 0;
  if (n.kind == Kind::integer || n.kind == Kind::unsigned_integer) {
    if (!negative && n.integer <= max) return n.integer;
  } else if (!huge_integer(n, text)) {
    wrong_type("an integer");
    return std::nullopt;
  }
  problem(range_problem(text, "0", std::to_string(max)));
  return std::nullopt;
}

template <class T> static std::optional<T> parse_number(JsonNode const& n, std::string_view text, Reader& in) {
  if (n.kind != Kind::number && n.kind != Kind::integer && n.kind != Kind::unsigned_integer) {
    in.wrong_type("a number");
    return std::nullopt;
  }
  T value = 0;
  auto const result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec == std::errc() && result.ptr == text.data() + text.size() && std::isfinite(value)) return value;
  in.problem("number out of range: " + std::string(text.substr(0, 40)));
  return std::nullopt;
}

std::optional<double> Reader::number() {
  JsonNode const& n = document_->node(node_);
  return parse_number<double>(n, document_->text(n), *this);
}

std::optional<float> Reader::number32() {
  JsonNode const& n = document_->node(node_);
  return parse_number<float>(n, document_->text(n), *this);
}

std::optional<std::string_view> Reader::string() {
  JsonNode const& n = document_->node(node_);
  if (n.kind == Kind::string) return document_->text(n);
  wrong_type("a string");
  return std::nullopt;
}

std::optional<std::vector<std::byte>> Reader::bytes() {
  JsonNode const& n = document_->node(node_);
  if (n.kind != Kind::string) {
    wrong_type("bytes as a base64 string");
    return std::nullopt;
  }
  auto bytes = core::from_base64(document_->text(n));
  if (!bytes) problem("not base64");
  return bytes;
}

// ---- arrays and objects

bool Reader::array() {
  if (document_->node(node_).kind == Kind::array) return true;
  wrong_type("an array");
  return false;
}

bool Reader::object() {
  if (document_->node(node_).kind == Kind::object) return true;
  wrong_type("an object");
  return false;
}

std::size_t Reader::size() const { return document_->node(node_).count; }

std::string_view Reader::key() const { return document_->key(document_->node(node_)); }

std::optional<Reader> Reader::first() {
  std::uint32_t const child = document_->node(node_).first;
  if (child == 0) return std::nullopt;
  return Reader(*document_, child, this, 0);
}

std::optional<Reader> Reader::next() const {
  std::uint32_t const sibling = document_->node(node_).next;
  if (sibling == 0) return std::nullopt;
  return Reader(*document_, sibling, parent_, index_ + 1);
}

std::optional<Reader> Reader::field(std::string_view name) {
  for (auto member = first(); member; member = member->next()) {
    if (member->key() == name) return member;
  }
  return std::nullopt;
}

// ---- for Serde

namespace detail {

std::vector<std::string> read_text(std::string_view text, void* into, ReadErased read) {
  JsonDocument document(text);
  if (document.parsed()) {
    Reader root = document.root();
    read(root, into);
  }
  return document.problems();
}

std::string listed(std::vector<std::string> const& problems) {
  std::string text;
  for (std::string const& problem : problems) text += "\n  - " + problem;
  return text;
}

void throw_corrupt(std::vector<std::string> const& problems) {
  throw Error(ErrorKind::corrupt, "cannot read the value from JSON:" + listed(problems));
}

void wrong_count(Reader& in, std::size_t expected) {
  in.problem("expected " + std::to_string(expected) + " elements, found " + std::to_string(in.size()));
}

static std::string unknown_field(std::string_view name, std::span<FieldRow const> fields) {
  std::vector<std::string_view> names;
  for (FieldRow const& row : fields) names.push_back(row.name);
  std::string text = "unknown field";
  if (auto near = core::nearest(name, std::span<std::string_view const>(names)))
    text += "; did you mean '" + *near + "'?";
  return text;
}

static std::string missing_field(std::string_view name) {
  std::string const field(name);
  return "missing field '" + field + "'; if it is new in the class: static constexpr std::array added{\"" + field +
         "\"}";
}

void read_fields(Reader& in, std::span<FieldRow const> fields, bool accepts_unknown_fields) {
  if (!in.object()) return;
  for (FieldRow const& row : fields) {
    if (auto member = in.field(row.name)) {
      row.read(*member, row.at);
    } else if (!row.may_be_missing) {
      in.problem(missing_field(row.name));
    }
  }
  if (accepts_unknown_fields) return;
  for (auto member = in.first(); member; member = member->next()) {
    auto const known = [&](FieldRow const& row) { return row.name == member->key(); };
    if (std::none_of(fields.begin(), fields.end(), known)) member->problem(unknown_field(member->key(), fields));
  }
}

std::optional<Choice> read_choice(Reader& in, std::size_t alternatives) {
  if (!in.object()) return std::nullopt;
  auto index = in.field("index");
  auto value = in.field("value");
  if (!index || !value || in.size() != 2) {
    in.problem(R"(expected one of several as {"index":0,"value":...})");
    return std::nullopt;
  }
  auto const chosen = index->unsigned_integer(alternatives - 1);
  if (!chosen) return std::nullopt;
  return Choice{static_cast<std::size_t>(*chosen), *value};
}

template <class T> static std::optional<T> key_number(Reader& in, T min, T max) {
  std::string_view const key = in.key();
  T value{};
  auto const result = std::from_chars(key.data(), key.data() + key.size(), value);
  bool const whole = result.ptr == key.data() + key.size();
  // to_string again: "007" and "7" would be one key with two spellings
  if (result.ec == std::errc() && whole && value >= min && value <= max && std::to_string(value) == key) return value;
  in.problem("the key must be an integer between " + std::to_string(min) + " and " + std::to_string(max));
  return std::nullopt;
}

std::optional<std::int64_t> parse_key(Reader& in, std::int64_t min, std::int64_t max) {
  return key_number(in, min, max);
}
std::optional<std::uint64_t> parse_key(Reader& in, std::uint64_t max) { return key_number<std::uint64_t>(in, 0, max); }

}  // namespace detail
}  // namespace kue
