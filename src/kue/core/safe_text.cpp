#include "kue/core/safe_text.hpp"

#include <kue/envelope.hpp>

namespace kue {
namespace core {

// RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
std::size_t utf8_sequence(std::string_view text) {
  if (text.empty()) return 0;
  auto const byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  unsigned char const lead = byte(0);
  if (lead < 0x80) return 1;
  std::size_t const size = lead >= 0xC2 && lead <= 0xDF ? 2 : lead >= 0xE0 && lead <= 0xEF ? 3 : lead >= 0xF0 && lead <= 0xF4 ? 4 : 0;
  if (size == 0 || text.size() < size) return 0;
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  if (lead == 0xE0 && byte(1) < 0xA0) return 0;
  if (lead == 0xED && byte(1) > 0x9F) return 0;
  if (lead == 0xF0 && byte(1) < 0x90) return 0;
  if (lead == 0xF4 && byte(1) > 0x8F) return 0;
  return size;
}

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
  while (!text.empty()) {
    std::size_t const size = core::utf8_sequence(text);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
  return true;
}

}  // namespace kue
