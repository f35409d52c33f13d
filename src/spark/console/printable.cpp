#include "spark/console/printable.hpp"

#include "kue/base/utf8.hpp"

#include <fmt/format.h>

#include <locale.h>
#include <algorithm>
#include <cwchar>

namespace spark {
namespace {

// wcwidth() asks the thread's locale, which may be "C"; this makes it C.UTF-8, that is part of the C library, for a
// while.
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

std::size_t columns_of(char32_t code) {
  int const width = ::wcwidth(static_cast<wchar_t>(code));
  return width < 0 ? 1 : static_cast<std::size_t>(width);  // not assigned yet, or no such locale
}

// A byte that is no UTF-8 counts as a character, with code 0.
kue::Utf8Character next_of(std::string_view text) {
  auto const [code, size] = kue::utf8_character(text);
  return {code, std::max<std::size_t>(size, 1)};
}

bool all_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

void append_shown(std::string& out, char32_t code) {
  switch (code) {
    case U'\n': out += "\\n"; return;
    case U'\t': out += "\\t"; return;
    case U'\r': out += "\\r"; return;
    default: kue::append_escape(out, code);
  }
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    auto const [code, size] = kue::utf8_character(text);
    if (size == 0) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[0]));
    } else if (kue::is_dangerous(code)) {
      append_shown(out, code);
    } else {
      out += text.substr(0, size);
    }
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return out;
}

std::size_t width_of(std::string_view text) {
  if (all_ascii(text)) return text.size();
  Utf8Locale const utf8;
  std::size_t width = 0;
  while (!text.empty()) {
    auto const [code, size] = next_of(text);
    width += columns_of(code);
    text.remove_prefix(size);
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
    auto const [code, size] = next_of(std::string_view(whole).substr(end));
    used += columns_of(code);
    if (used > room) break;
    end += size;
  }
  return whole.substr(0, end) + "...";
}

std::string printable_json(std::string_view json) {
  std::string out;
  while (!json.empty()) {
    auto const [code, size] = next_of(json);
    // Controls stand only between the values of valid JSON, as white space.
    if (code >= 0x20 && kue::is_dangerous(code))
      kue::append_json_escape(out, code);
    else
      out += json.substr(0, size);
    json.remove_prefix(size);
  }
  return out;
}

std::string as_utf8(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    std::size_t const size = kue::utf8_character(text).size;
    out += size == 0 ? std::string_view("\xef\xbf\xbd") : text.substr(0, size);
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return out;
}

void write_text(kue::Writer& writer, std::string_view key, std::string_view text) {
  writer.key(key);
  writer.string(as_utf8(text));
}

void write_text_or_null(kue::Writer& writer, std::string_view key, std::string_view text) {
  if (!text.empty()) return write_text(writer, key, text);
  writer.key(key);
  writer.null();
}

void write_number(kue::Writer& writer, std::string_view key, std::int64_t number) {
  writer.key(key);
  writer.integer(number);
}

void write_flag(kue::Writer& writer, std::string_view key, bool value) {
  writer.key(key);
  writer.boolean(value);
}

void write_strings(kue::Writer& writer, std::string_view key, std::vector<std::string> const& texts) {
  writer.key(key);
  writer.begin_array();
  for (std::string const& text : texts) writer.string(as_utf8(text));
  writer.end_array();
}

}  // namespace spark
