#include "pictures.hpp"

namespace studio::test {
namespace {

std::string big_endian(std::uint32_t value) {
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8) text += static_cast<char>(value >> static_cast<unsigned>(shift) & 0xFFU);
  return text;
}

}  // namespace

Pixels pattern(int width, int height) {
  Pixels picture{{width, height}, {}};
  picture.rgb.reserve(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      picture.rgb.push_back(static_cast<std::uint8_t>(255 * x / std::max(1, width - 1)));
      picture.rgb.push_back(static_cast<std::uint8_t>(255 * y / std::max(1, height - 1)));
      picture.rgb.push_back(x < width / 2 && y < height / 2 ? 255 : 0);
    }
  }
  return picture;
}

std::string jpeg(int width, int height) { return encode_jpeg(pattern(width, height), 90); }
std::string png(int width, int height) { return encode_png(pattern(width, height)); }

std::string jpeg_with_orientation(int width, int height, int orientation) {
  std::string const tiff = std::string("MM\0\x2A\0\0\0\x08", 8) + std::string("\0\x01", 2) +  // one entry
                           std::string("\x01\x12\0\x03\0\0\0\x01\0", 9) + static_cast<char>(orientation) +
                           std::string(2, '\0') + std::string(4, '\0');
  std::string const body = std::string("Exif\0\0", 6) + tiff;
  std::string const length = big_endian(static_cast<std::uint32_t>(body.size() + 2)).substr(2);
  std::string const plain = jpeg(width, height);
  return plain.substr(0, 2) + "\xFF\xE1" + length + body + plain.substr(2);
}

std::string bomb_png(std::uint32_t width, std::uint32_t height) {
  return "\x89PNG\r\n\x1a\n" + big_endian(13) + "IHDR" + big_endian(width) + big_endian(height) +
         std::string("\x08\x02\0\0\0", 5) + big_endian(0) + big_endian(0) + "IEND" + big_endian(0xAE426082);
}

}  // namespace studio::test
