#pragma once
// What untrusted text is made of, as far as whoever writes it somewhere must know.

#include <cstddef>
#include <string_view>

namespace kue {

// Length of the valid UTF-8 sequence at the beginning of `text`; 0: there is none.
std::size_t utf8_sequence(std::string_view text);

// The code of a character that a terminal or a page obeys instead of showing it: controls, line separators, marks that turn
// the direction of the text. 0 for all others. `sequence` is one valid sequence.
unsigned control_code(std::string_view sequence);

}  // namespace kue
