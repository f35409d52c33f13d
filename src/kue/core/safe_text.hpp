#pragma once
// safe_text: foreign text (an exception's message) as it may stand in a record, a log line and a page.

#include <kue/limits.hpp>

#include <string>
#include <string_view>

namespace kue::core {

// Valid UTF-8, bytes that are not as U+FFFD, dangerous characters (base/utf8.hpp) but newline and tab as \x1b or
// \u202e, at most max_bytes, and then it says how much there was.
std::string safe_text(std::string_view text, std::size_t max_bytes = limits::kMaxErrorTextBytes);

}  // namespace kue::core
