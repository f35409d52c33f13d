#pragma once
// Text of jobs as a terminal may see it. Whoever pushes a job chooses these bytes; they must not move the cursor,
// change the order of letters, or start a line of their own.

#include <kue/json.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace spark {

// Dangerous characters (kue/base/utf8.hpp) as escapes (\n, \x1b, \u202e), bytes that are not UTF-8 as \xff.
std::string printable(std::string_view text);
// The same, at most `width` columns, with "..." at the end if there is more.
std::string shortened(std::string_view text, std::size_t width);
// Columns of a terminal, by the C library's table: two for East Asian wide characters and emoji, none for combining
// marks.
std::size_t width_of(std::string_view printable_text);

// JSON text with the same characters as \u escapes, which mean the same in it; `json` is valid.
std::string printable_json(std::string_view json);
std::string as_utf8(std::string_view text);  // bytes that are not UTF-8 as U+FFFD

// Members of a JSON object; texts as as_utf8() gives them.
void write_text(kue::Writer& writer, std::string_view key, std::string_view text);
void write_text_or_null(kue::Writer& writer, std::string_view key, std::string_view text);  // null if it is empty
void write_number(kue::Writer& writer, std::string_view key, std::int64_t number);
void write_flag(kue::Writer& writer, std::string_view key, bool value);
void write_strings(kue::Writer& writer, std::string_view key, std::vector<std::string> const& texts);

}  // namespace spark
