#include "spark/console/printable.hpp"

#include "kue/core/safe_text.hpp"

#include <fmt/format.h>

namespace spark {
namespace {

// The code point of a valid sequence of two or three bytes; 0 for others, of which none is dangerous.
unsigned code_point(std::string_view sequence) {
  auto const byte = [&](std::size_t i) { return static_cast<unsigned char>(sequence[i]); };
  if (sequence.size() == 2) return (byte(0) & 0x1fu) << 6 | (byte(1) & 0x3fu);
  if (sequence.size() == 3) return (byte(0) & 0x0fu) << 12 | (byte(1) & 0x3fu) << 6 | (byte(2) & 0x3fu);
  return 0;
}

bool dangerous(unsigned code) {
  return (0x80 <= code && code <= 0x9f) || code == 0x061c || code == 0x200e || code == 0x200f ||
         (0x2028 <= code && code <= 0x202e) || (0x2066 <= code && code <= 0x2069) || code == 0xfeff;
}

std::string control(unsigned char c) {
  if (c == '\n') return "\\n";
  if (c == '\t') return "\\t";
  if (c == '\r') return "\\r";
  return fmt::format("\\x{:02x}", c);
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    auto const first = static_cast<unsigned char>(text[0]);
    std::size_t length = kue::core::utf8_sequence(text);
    if (length == 0 || first < 0x20 || first == 0x7f) {
      out += control(first);
      length = 1;
    } else if (unsigned const code = code_point(text.substr(0, length)); dangerous(code)) {
      out += fmt::format("\\u{:04x}", code);
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length);
  }
  return out;
}

std::size_t width_of(std::string_view text) {
  std::size_t width = 0;
  for (char const c : text) width += (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  return width;
}

std::string shortened(std::string_view text, std::size_t width) {
  std::string const whole = printable(text);
  if (width_of(whole) <= width) return whole;
  std::size_t end = 0;
  for (std::size_t seen = 0; end < whole.size(); ++end) {
    bool const starts = (static_cast<unsigned char>(whole[end]) & 0xc0) != 0x80;
    if (starts && seen++ == width - 3) break;
  }
  return whole.substr(0, end) + "...";
}

std::string printable_json(std::string_view json) {
  std::string out;
  while (!json.empty()) {
    std::size_t const length = std::max<std::size_t>(kue::core::utf8_sequence(json), 1);
    unsigned const code = json[0] == '\x7f' ? 0x7fu : code_point(json.substr(0, length));
    if (code == 0x7f || dangerous(code)) out += fmt::format("\\u{:04x}", code);
    else out += json.substr(0, length);
    json.remove_prefix(length);
  }
  return out;
}

std::string as_utf8(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    std::size_t const length = kue::core::utf8_sequence(text);
    out += length == 0 ? std::string_view("\xef\xbf\xbd") : text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

}  // namespace spark
