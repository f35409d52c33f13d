#pragma once
// What untrusted text is made of, as far as whoever shows it somewhere must know. The only decoder, and the only list
// of what must not be shown as it is: log lines, records and the console all ask here.

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace kue {

struct Utf8Character {
  char32_t code = 0;
  std::size_t size = 0;  // bytes; 0: there is no valid sequence here, or no text
};

// The first character of `text`. RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
Utf8Character utf8_character(std::string_view text) noexcept;

// At most `bytes` of the text, not cut through a character.
std::string_view utf8_prefix(std::string_view text, std::size_t bytes) noexcept;

// Characters that a terminal or a page obeys instead of showing them, that turn the direction of the text, or that
// nobody sees and that make two texts look the same. Newline and tab are among them; who lets these through says so.
bool is_dangerous(char32_t code) noexcept;

struct CodeRange {
  char32_t first, last;
};
std::span<CodeRange const> dangerous_characters() noexcept;  // sorted

// The character as it may be shown: \x1b, \u202e, \U000e0001. What is not ASCII never as \x, which stands for bytes
// that are no
// UTF-8.
void append_escape(std::string& out, char32_t code);
// The same inside a JSON string, where it means the same character: \u001b, \u202e, \udb40\udc01.
void append_json_escape(std::string& out, char32_t code);

}  // namespace kue
