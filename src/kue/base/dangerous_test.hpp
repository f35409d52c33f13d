#pragma once
// For the tests of whoever shows foreign text: the one list of dangerous characters, walked through.

#include "kue/base/utf8.hpp"

#include <fmt/format.h>

#include <string>

namespace kue::test {

inline std::string utf8_of(char32_t code) {
  auto const unit = [](char32_t bits) { return static_cast<char>(static_cast<unsigned char>(bits)); };
  if (code < 0x80) return {unit(code)};
  if (code < 0x800) return {unit(0xC0 | code >> 6), unit(0x80 | (code & 0x3f))};
  if (code < 0x10000) return {unit(0xE0 | code >> 12), unit(0x80 | (code >> 6 & 0x3f)), unit(0x80 | (code & 0x3f))};
  return {unit(0xF0 | code >> 18), unit(0x80 | (code >> 12 & 0x3f)), unit(0x80 | (code >> 6 & 0x3f)),
          unit(0x80 | (code & 0x3f))};
}

inline std::string name_of(char32_t code) { return fmt::format("U+{:04X}", static_cast<unsigned>(code)); }

// test(code, the character as UTF-8)
template <class Test> void for_each_dangerous(Test test) {
  for (CodeRange const& range : dangerous_characters()) {
    for (char32_t code = range.first; code <= range.last; ++code) test(code, utf8_of(code));
  }
}

// The first dangerous character that stands in the text as it is, or what is no UTF-8; empty: there is none.
inline std::string dangerous_in(std::string_view text) {
  while (!text.empty()) {
    auto const [code, size] = utf8_character(text);
    if (size == 0) return "no UTF-8";
    if (is_dangerous(code)) return name_of(code);
    text.remove_prefix(size);
  }
  return {};
}

}  // namespace kue::test
