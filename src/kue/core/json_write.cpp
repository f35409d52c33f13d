#include <kue/envelope.hpp>
#include <kue/error.hpp>

#include "kue/core/base64.hpp"
#include "kue/core/json_document.hpp"

#include <charconv>
#include <cmath>

namespace kue {

constexpr std::size_t kUsualBytes = 120;  // of arguments: where a text would be after growing three times

void Writer::null() {
  before_value();
  text_ += "null";
}

void Writer::boolean(bool value) {
  before_value();
  text_ += value ? "true" : "false";
}

void Writer::integer(std::int64_t value) {
  before_value();
  text_ += std::to_string(value);
}

void Writer::unsigned_integer(std::uint64_t value) {
  before_value();
  text_ += std::to_string(value);
}

template <class T> static std::string shortest(T value) {
  char buffer[64];
  auto const end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  std::string text(buffer, end);
  // A whole number would come back as an integer, and -0 would lose its sign.
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

void Writer::number(double value) {
  before_value();
  if (!std::isfinite(value)) problem("NaN and infinity cannot travel");
  text_ += std::isfinite(value) ? shortest(value) : "null";
}

void Writer::number(float value) {
  before_value();
  if (!std::isfinite(value)) problem("NaN and infinity cannot travel");
  text_ += std::isfinite(value) ? shortest(value) : "null";
}

void Writer::string(std::string_view value) {
  before_value();
  if (!valid_utf8(value)) problem("is not UTF-8; use std::vector<std::byte> for bytes that are no text");
  append_quoted(text_, value);
}

void Writer::bytes(std::span<std::byte const> value) {
  before_value();
  text_ += '"';
  text_ += core::to_base64(value);
  text_ += '"';
}

void Writer::raw(std::string_view json) {
  before_value();
  text_ += json;
}

void Writer::begin_array() { begin(false, '['); }
void Writer::begin_object() { begin(true, '{'); }

void Writer::begin(bool object, char bracket) {
  before_value();
  if (text_.empty()) text_.reserve(kUsualBytes);
  text_ += bracket;
  levels_.push_back({.object = object});
  if (levels_.size() == static_cast<std::size_t>(limits::kMaxJsonDepth) + 1 && !too_deep_) {
    too_deep_ = true;
    problem("nested deeper than " + std::to_string(limits::kMaxJsonDepth) + " levels");
  }
}

void Writer::end_array() {
  levels_.pop_back();
  text_ += ']';
}

void Writer::end_object() {
  levels_.pop_back();
  text_ += '}';
}

void Writer::key(std::string_view name) {
  if (levels_.back().members > 0) text_ += ',';
  levels_.back().key = name;
  ++levels_.back().members;
  if (!valid_utf8(name)) problem("the key is not UTF-8");
  append_quoted(text_, name);
  text_ += ':';
}

void Writer::before_value() {
  if (levels_.empty() || levels_.back().object) return;
  if (levels_.back().members++ > 0) text_ += ',';
}

void Writer::problem(std::string_view what) {
  if (problems_.size() >= 50) return;
  std::string path;
  for (Level const& level : levels_) {
    if (level.object) {
      if (!path.empty()) path += '.';
      path += level.key;
    } else if (level.members > 0) {
      path += '[' + std::to_string(level.members - 1) + ']';
    }
  }
  problems_.push_back(path.empty() ? std::string(what) : path + ": " + std::string(what));
}

std::string detail::finish_text(Writer& out) {
  if (!out.problems().empty())
    throw Error(ErrorKind::invalid, "cannot write the value as JSON:" + listed(out.problems()));
  return out.take();
}

std::string detail::integer_key(std::int64_t value) { return std::to_string(value); }
std::string detail::integer_key(std::uint64_t value) { return std::to_string(value); }

}  // namespace kue
