#pragma once
// Pixels: a decoded picture, and the four steps from a file to a thumbnail.
//
//   Pixels picture = decode(file, tick);                                   // reads JPEG and PNG
//   Pixels small = shrink(picture, fit(header.stored, 480), tick);         // never larger than the original
//   write(encode_jpeg(turn(std::move(small), header.orientation)));
//
// Pure; any thread. A tick gets 0 to 1 of its step and answers whether to go on; after a false the step throws Stopped.
// A file that cannot be read throws Unreadable with a sentence.

#include "picture_header.hpp"

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

namespace studio {

struct Pixels {
  Extent extent;
  std::vector<std::uint8_t> rgb;  // 3 bytes a pixel, row by row
};

struct Unreadable : std::runtime_error {
  using std::runtime_error::runtime_error;
};
struct Stopped : std::runtime_error {
  Stopped() : std::runtime_error("stopped on request") {}
};

using Tick = std::function<bool(double done)>;

// The largest extent of the same shape with no side over `longest`; the original's own if that is not larger.
Extent fit(Extent original, int longest);

Pixels decode(Bytes file, Tick const& tick = {});  // transparency is laid on white
Pixels shrink(Pixels const& picture, Extent to, Tick const& tick = {});
Pixels turn(Pixels picture, int orientation);  // EXIF orientation, 1 to 8
std::string encode_jpeg(Pixels const& picture, int quality = 85);
std::string encode_png(Pixels const& picture);

}  // namespace studio
