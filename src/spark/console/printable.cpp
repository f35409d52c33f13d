#include "spark/console/printable.hpp"

#include "kue/core/safe_text.hpp"

#include <fmt/format.h>

#include <locale.h>
#include <algorithm>
#include <cwchar>

namespace spark {
namespace {

// The code point of a valid sequence.
unsigned code_point(std::string_view sequence) {
  auto const byte = [&](std::size_t i) { return static_cast<unsigned char>(sequence[i]); };
  switch (sequence.size()) {
    case 1: return byte(0);
    case 2: return (byte(0) & 0x1fu) << 6 | (byte(1) & 0x3fu);
    case 3: return (byte(0) & 0x0fu) << 12 | (byte(1) & 0x3fu) << 6 | (byte(2) & 0x3fu);
    case 4: return (byte(0) & 0x07u) << 18 | (byte(1) & 0x3fu) << 12 | (byte(2) & 0x3fu) << 6 | (byte(3) & 0x3fu);
  }
  return 0;
}

// wcwidth() asks the thread's locale, which may be "C"; this makes it C.UTF-8, that is part of the C library, for a while.
class Utf8Locale {
 public:
  Utf8Locale() : before_(shared() ? ::uselocale(shared()) : nullptr) {}
  ~Utf8Locale() {
    if (before_) ::uselocale(before_);
  }
  Utf8Locale(Utf8Locale const&) = delete;

 private:
  static locale_t shared() {
    static locale_t const made = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    return made;
  }
  locale_t before_;
};

std::size_t columns_of(std::string_view sequence) {
  int const width = ::wcwidth(static_cast<wchar_t>(code_point(sequence)));
  return width < 0 ? 1 : static_cast<std::size_t>(width);  // not assigned yet, or no such locale
}

std::size_t sequence_length(std::string_view text) { return std::max<std::size_t>(kue::core::utf8_sequence(text), 1); }

bool all_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool dangerous(unsigned code) {
  return (0x80 <= code && code <= 0x9f) || code == 0x061c || code == 0x200e || code == 0x200f || (0x2028 <= code && code <= 0x202e) ||
         (0x2066 <= code && code <= 0x2069) || code == 0xfeff;
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
  if (all_ascii(text)) return text.size();
  Utf8Locale const utf8;
  std::size_t width = 0;
  while (!text.empty()) {
    std::size_t const length = sequence_length(text);
    width += columns_of(text.substr(0, length));
    text.remove_prefix(length);
  }
  return width;
}

std::string shortened(std::string_view text, std::size_t width) {
  std::string whole = printable(text);
  if (width_of(whole) <= width) return whole;
  Utf8Locale const utf8;
  std::size_t const room = width < 3 ? 0 : width - 3;
  std::size_t end = 0, used = 0;
  while (end < whole.size()) {
    std::string_view const rest = std::string_view(whole).substr(end);
    std::size_t const length = sequence_length(rest);
    used += columns_of(rest.substr(0, length));
    if (used > room) break;
    end += length;
  }
  return whole.substr(0, end) + "...";
}

std::string printable_json(std::string_view json) {
  std::string out;
  while (!json.empty()) {
    std::size_t const length = sequence_length(json);
    unsigned const code = code_point(json.substr(0, length));
    if (code == 0x7f || dangerous(code))
      out += fmt::format("\\u{:04x}", code);
    else
      out += json.substr(0, length);
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

void write_strings(kue::Writer& writer, std::string_view key, std::vector<std::string> const& texts) {
  writer.key(key);
  writer.begin_array();
  for (std::string const& text : texts) writer.string(as_utf8(text));
  writer.end_array();
}

}  // namespace spark
