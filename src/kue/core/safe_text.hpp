#pragma once
// safe_text: foreign text (an exception's message) as it may stand in a record, a log line and a page.

#include "kue/base/utf8.hpp"

#include <kue/limits.hpp>

#include <string>
#include <string_view>

namespace kue::core {

// Valid UTF-8, bytes that are not as U+FFFD, control characters but newline and tab as \x1b, at most max_bytes, and then
// it says how much there was.
std::string safe_text(std::string_view text, std::size_t max_bytes = limits::kMaxErrorTextBytes);

using kue::utf8_sequence;

}  // namespace kue::core
