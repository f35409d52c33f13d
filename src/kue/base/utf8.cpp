#include "kue/base/utf8.hpp"

namespace kue {
namespace {

unsigned byte(std::string_view text, std::size_t i) { return static_cast<unsigned char>(text[i]); }

// Of a sequence of at most three bytes; 0 for longer ones, of which none is a control.
unsigned code_point(std::string_view sequence) {
  if (sequence.size() == 1) return byte(sequence, 0);
  if (sequence.size() == 2) return (byte(sequence, 0) & 0x1fU) << 6 | (byte(sequence, 1) & 0x3fU);
  if (sequence.size() == 3) return (byte(sequence, 0) & 0x0fU) << 12 | (byte(sequence, 1) & 0x3fU) << 6 | (byte(sequence, 2) & 0x3fU);
  return 0;
}

}  // namespace

// RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
std::size_t utf8_sequence(std::string_view text) {
  if (text.empty()) return 0;
  unsigned const lead = byte(text, 0);
  if (lead < 0x80) return 1;
  std::size_t const size = lead >= 0xC2 && lead <= 0xDF ? 2 : lead >= 0xE0 && lead <= 0xEF ? 3 : lead >= 0xF0 && lead <= 0xF4 ? 4 : 0;
  if (size == 0 || text.size() < size) return 0;
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(text, i) & 0xC0) != 0x80) return 0;
  }
  if (lead == 0xE0 && byte(text, 1) < 0xA0) return 0;
  if (lead == 0xED && byte(text, 1) > 0x9F) return 0;
  if (lead == 0xF0 && byte(text, 1) < 0x90) return 0;
  if (lead == 0xF4 && byte(text, 1) > 0x8F) return 0;
  return size;
}

unsigned control_code(std::string_view sequence) {
  unsigned const code = code_point(sequence);
  bool const control = (0 < code && code < 0x20) || (0x7f <= code && code <= 0x9f) || code == 0x061c || code == 0x200e || code == 0x200f ||
                       (0x2028 <= code && code <= 0x202e) || (0x2066 <= code && code <= 0x2069) || code == 0xfeff;
  return control ? code : 0;
}

}  // namespace kue
