#include "kue/base/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <iterator>

namespace kue {
namespace {

// There were three lists, of the log, of records and of the console. This is what any of them had, and beside it all
// that Unicode calls Default_Ignorable_Code_Point or an annotation: who writes a job's text must not be able to hide a
// part of it. The price is that joined emoji and words with a zero-width non-joiner are shown in their parts, which
// still can be read. Left out are only
// U+FE0E and U+FE0F, which choose between a letter's plain and its coloured form and end half of all emoji.
constexpr CodeRange kDangerous[] = {
    {0x00, 0x1f},        // C0 controls
    {0x7f, 0x9f},        // delete, C1 controls
    {0xad, 0xad},        // soft hyphen
    {0x34f, 0x34f},      // combining grapheme joiner
    {0x61c, 0x61c},      // Arabic letter mark: turns the direction
    {0x115f, 0x1160},    // Hangul fillers: blank
    {0x17b4, 0x17b5},    // Khmer inherent vowels: invisible
    {0x180b, 0x180f},    // Mongolian selectors and vowel separator
    {0x200b, 0x200f},    // zero-width space, joiners, direction marks
    {0x2028, 0x202e},    // line and paragraph separator, embeddings and overrides of direction
    {0x2060, 0x206f},    // word joiner, invisible operators, isolates of direction, deprecated format characters
    {0x3164, 0x3164},    // Hangul filler
    {0xfe00, 0xfe0d},    // variation selectors, but the two of emoji
    {0xfeff, 0xfeff},    // byte order mark, zero-width
    {0xffa0, 0xffa0},    // halfwidth Hangul filler
    {0xfff0, 0xfffb},    // unassigned and ignored; interlinear annotation
    {0x1bca0, 0x1bca3},  // shorthand format controls
    {0x1d173, 0x1d17a},  // musical format controls
    {0xe0000, 0xe0fff},  // tags, which spell a whole hidden text, and more variation selectors
};

constexpr bool is_sorted() {
  for (std::size_t i = 0; i < std::size(kDangerous); ++i) {
    if (kDangerous[i].first > kDangerous[i].last || (i > 0 && kDangerous[i].first <= kDangerous[i - 1].last))
      return false;
  }
  return true;
}
static_assert(is_sorted());

unsigned byte(std::string_view text, std::size_t i) { return static_cast<unsigned char>(text[i]); }
bool continues(unsigned byte) { return (byte & 0xC0) == 0x80; }

}  // namespace

Utf8Character utf8_character(std::string_view text) noexcept {
  if (text.empty()) return {};
  unsigned const lead = byte(text, 0);
  if (lead < 0x80) return {lead, 1};
  std::size_t const size = lead >= 0xC2 && lead <= 0xDF   ? 2
                           : lead >= 0xE0 && lead <= 0xEF ? 3
                           : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                          : 0;
  if (size == 0 || text.size() < size) return {};
  char32_t code = lead & (0x7fU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if (!continues(byte(text, i))) return {};
    code = code << 6 | (byte(text, i) & 0x3fU);
  }
  bool const overlong = (size == 3 && code < 0x800) || (size == 4 && code < 0x10000);
  bool const surrogate = 0xd800 <= code && code <= 0xdfff;
  if (overlong || surrogate || code > 0x10ffff) return {};
  return {code, size};
}

std::string_view utf8_prefix(std::string_view text, std::size_t bytes) noexcept {
  if (bytes >= text.size()) return text;
  while (bytes > 0 && continues(byte(text, bytes))) --bytes;
  return text.substr(0, bytes);
}

bool is_dangerous(char32_t code) noexcept {
  if (0x20 <= code && code < 0x7f) return false;
  auto const its = std::lower_bound(std::begin(kDangerous), std::end(kDangerous), code,
                                    [](CodeRange const& range, char32_t c) { return range.last < c; });
  return its != std::end(kDangerous) && its->first <= code;
}

std::span<CodeRange const> dangerous_characters() noexcept { return kDangerous; }

void append_escape(std::string& out, char32_t code) {
  auto const value = static_cast<std::uint32_t>(code);
  auto const to = std::back_inserter(out);
  if (value < 0x80) {
    fmt::format_to(to, "\\x{:02x}", value);
  } else if (value < 0x10000) {
    fmt::format_to(to, "\\u{:04x}", value);
  } else {
    fmt::format_to(to, "\\U{:08x}", value);
  }
}

void append_json_escape(std::string& out, char32_t code) {
  auto const value = static_cast<std::uint32_t>(code);
  auto const unit = [&](std::uint32_t half) { fmt::format_to(std::back_inserter(out), "\\u{:04x}", half); };
  if (value < 0x10000) return unit(value);
  unit(0xd800 + ((value - 0x10000) >> 10));
  unit(0xdc00 + ((value - 0x10000) & 0x3ff));
}

}  // namespace kue
