#pragma once
// Pictures that tests make: pixels with a known pattern, and the broken files that people send.

#include "pixels.hpp"

#include <algorithm>
#include <string>

namespace studio::test {

// Red grows to the right, green grows downwards, blue marks the top left quarter: every turn of it looks different.
Pixels pattern(int width, int height);

std::string jpeg(int width, int height);
std::string png(int width, int height);
std::string jpeg_with_orientation(int width, int height, int orientation);
std::string bomb_png(std::uint32_t width, std::uint32_t height);  // a header that claims much, in 45 bytes

inline Bytes as_bytes(std::string const& text) {
  return {reinterpret_cast<std::uint8_t const*>(text.data()), text.size()};
}

}  // namespace studio::test
