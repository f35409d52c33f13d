#include "kue/core/safe_text.hpp"

#include "kue/base/utf8.hpp"

#include <kue/envelope.hpp>

#include <cstdint>
#include <cstring>

namespace kue {
namespace core {

std::string safe_text(std::string_view text, std::size_t max_bytes) {
  std::string const cut_note = " ... (cut, " + std::to_string(text.size()) + " bytes in all)";
  std::size_t const room = max_bytes > cut_note.size() ? max_bytes - cut_note.size() : 0;
  std::string out;
  std::size_t fits = 0;  // of `out`, if it has to be cut
  for (std::string_view rest = text; !rest.empty();) {
    auto const [code, size] = utf8_character(rest);
    if (size == 0) {
      out += "\xEF\xBF\xBD";
    } else if (is_dangerous(code) && code != '\n' && code != '\t') {
      append_escape(out, code);
    } else {
      out += rest.substr(0, size);
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
    std::size_t const size = utf8_character(text).size;
    if (size == 0) return false;
    text.remove_prefix(size);
  }
}

}  // namespace kue
