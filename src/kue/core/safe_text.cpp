#include "kue/core/safe_text.hpp"

#include "kue/base/utf8.hpp"

#include <kue/envelope.hpp>

#include <algorithm>

namespace kue {
namespace core {

static void append_safe(std::string& out, std::string_view character) {
  static constexpr char kHex[] = "0123456789abcdef";
  auto const first = static_cast<unsigned char>(character[0]);
  bool const c1_control = first == 0xC2 && static_cast<unsigned char>(character[1]) < 0xA0;
  bool const control = (first < 0x20 && first != '\n' && first != '\t') || first == 0x7F;
  if (!control && !c1_control) {
    out += character;
    return;
  }
  auto const code = c1_control ? static_cast<unsigned char>(character[1]) : first;
  out += "\\x";
  out += kHex[code >> 4];
  out += kHex[code & 15];
}

std::string safe_text(std::string_view text, std::size_t max_bytes) {
  std::string const cut_note = " ... (cut, " + std::to_string(text.size()) + " bytes in all)";
  std::size_t const room = max_bytes > cut_note.size() ? max_bytes - cut_note.size() : 0;
  std::string out;
  std::size_t fits = 0;  // of `out`, if it has to be cut
  for (std::string_view rest = text; !rest.empty();) {
    std::size_t const size = utf8_sequence(rest);
    if (size == 0) {
      out += "\xEF\xBF\xBD";
    } else {
      append_safe(out, rest.substr(0, size));
    }
    rest.remove_prefix(size == 0 ? 1 : size);
    if (out.size() <= room) fits = out.size();
    if (out.size() > max_bytes) return (out.resize(fits), out + cut_note.substr(0, max_bytes - fits));
  }
  return out;
}

}  // namespace core

bool valid_utf8(std::string_view text) {
  auto const ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  for (;;) {
    text.remove_prefix(static_cast<std::size_t>(std::ranges::find_if_not(text, ascii) - text.begin()));
    if (text.empty()) return true;
    std::size_t const size = utf8_sequence(text);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
}

}  // namespace kue
