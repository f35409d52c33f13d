#include "kue/core/safe_text.hpp"

#include "kue/base/utf8.hpp"

#include <kue/envelope.hpp>

#include <cstdint>
#include <cstring>

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

// How much of the text is ASCII. Eight bytes at a time: most text is nothing else.
static std::size_t ascii_size(std::string_view text) {
  std::size_t at = 0;
  for (std::uint64_t eight = 0; text.size() - at >= sizeof eight; at += sizeof eight) {
    std::memcpy(&eight, text.data() + at, sizeof eight);
    if ((eight & 0x8080808080808080) != 0) break;
  }
  while (at < text.size() && static_cast<unsigned char>(text[at]) < 0x80) ++at;
  return at;
}

bool valid_utf8(std::string_view text) {
  for (;;) {
    text.remove_prefix(ascii_size(text));
    if (text.empty()) return true;
    std::size_t const size = utf8_sequence(text);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
}

}  // namespace kue
