#pragma once
// Base64 (RFC 4648, section 4), with padding. Reading is strict: no blanks, no missing padding, no stray bits.

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kue::core {

std::string to_base64(std::span<std::byte const> bytes);
std::optional<std::vector<std::byte>> from_base64(std::string_view text);

}  // namespace kue::core
