#include "picture_header.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace studio {
namespace {

// Reads numbers at any offset; past the end they are 0, and `ended` remembers it.
class Reader {
 public:
  explicit Reader(Bytes bytes) : bytes_(bytes) {}

  std::uint32_t number(std::size_t at, std::size_t width, bool little = false) {
    if (at > bytes_.size() || bytes_.size() - at < width) {
      ended_ = true;
      return 0;
    }
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < width; ++i) value = value << 8U | bytes_[at + (little ? width - 1 - i : i)];
    return value;
  }
  bool holds(std::size_t at, std::string_view text) const {
    return at <= bytes_.size() && bytes_.size() - at >= text.size() &&
           std::equal(text.begin(), text.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(at),
                      [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
  }
  std::size_t size() const { return bytes_.size(); }
  bool ended() const { return ended_; }

 private:
  Bytes bytes_;
  bool ended_ = false;
};

Probe refuse(int status, std::string sentence) { return {std::nullopt, status, std::move(sentence)}; }

Probe accept(Format format, std::uint32_t width, std::uint32_t height, int orientation) {
  if (width == 0 || height == 0)
    return refuse(422, "This picture says that it is 0 pixels wide or high, so there is nothing to show.");
  std::int64_t const pixels = std::int64_t{width} * height;
  if (pixels > kMaxPixels) {
    return refuse(
        422,
        fmt::format(
            "This picture is too large: its header says {} x {} pixels, {} megapixels; the limit is {} megapixels.",
            width, height, (pixels + 500'000) / 1'000'000, kMaxPixels / 1'000'000));
  }
  return {PictureHeader{format, {static_cast<int>(width), static_cast<int>(height)}, orientation}, 200, {}};
}

Probe probe_png(Reader& in) {
  constexpr std::size_t kChunk = 8;  // after the signature
  std::uint32_t const width = in.number(kChunk + 8, 4);
  std::uint32_t const height = in.number(kChunk + 12, 4);
  if (in.ended() || !in.holds(kChunk + 4, "IHDR"))
    return refuse(422, "This PNG file ends before it says how large the picture is.");
  return width > INT32_MAX || height > INT32_MAX ? refuse(422, "The header of this PNG file is damaged.")
                                                 : accept(Format::png, width, height, 1);
}

// The orientation in an Exif block (TIFF structure), or 1.
int exif_orientation(Reader& in, std::size_t tiff) {
  constexpr std::uint32_t kOrientation = 0x0112;
  constexpr std::uint32_t kMaxEntries = 512;
  bool const little = in.holds(tiff, "II");
  if (!little && !in.holds(tiff, "MM")) return 1;
  std::size_t const directory = tiff + in.number(tiff + 4, 4, little);
  std::uint32_t const entries = std::min(in.number(directory, 2, little), kMaxEntries);
  for (std::uint32_t i = 0; i < entries; ++i) {
    std::size_t const entry = directory + 2 + std::size_t{i} * 12;
    if (in.number(entry, 2, little) != kOrientation) continue;
    std::uint32_t const value = in.number(entry + 8, 2, little);
    return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
  }
  return 1;
}

bool is_frame(std::uint32_t marker) {  // SOF0 to SOF15 without DHT, JPG and DAC
  return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

Probe probe_jpeg(Reader& in, Bytes bytes) {
  int orientation = 1;
  std::size_t at = 2;
  while (at + 4 <= in.size()) {
    if (in.number(at, 1) != 0xFF)
      return refuse(422, "This JPEG file is damaged: its header is not a chain of JPEG segments.");
    std::uint32_t const marker = in.number(at + 1, 1);
    if (marker == 0xFF) {  // fill byte
      ++at;
      continue;
    }
    if (marker == 0xD9 || marker == 0xDA)
      return refuse(422, "This JPEG file is damaged: its data begin before its size was told.");
    std::size_t const length = in.number(at + 2, 2);
    if (length < 2) return refuse(422, "This JPEG file is damaged: its header is not a chain of JPEG segments.");
    if (is_frame(marker)) {
      std::uint32_t const height = in.number(at + 5, 2);
      std::uint32_t const width = in.number(at + 7, 2);
      if (in.ended()) break;
      if (marker > 0xC2)
        return refuse(415, "This JPEG file uses a rare coding (lossless or arithmetic) that is not read here.");
      return accept(Format::jpeg, width, height, orientation);
    }
    if (marker == 0xE1 && in.holds(at + 4, std::string_view("Exif\0\0", 6))) {
      Reader exif(bytes.first(std::min(bytes.size(), at + 2 + length)));  // an offset must not lead out of its segment
      orientation = exif_orientation(exif, at + 10);
    }
    at += 2 + length;
  }
  return refuse(422,
                in.size() >= kHeaderBytes
                    ? "The header of this JPEG file is longer than 1 MiB; save the picture again without its extras."
                    : "This JPEG file ends before it says how large the picture is.");
}

struct Kind {
  std::string_view magic;
  std::string_view name;
};

// Formats that people do send, so that the answer can name them.
std::string_view known_format(Reader const& in) {
  static constexpr std::array<Kind, 9> kKinds{{{"GIF8", "a GIF"},
                                               {"%PDF", "a PDF"},
                                               {"RIFF", "a WebP or another RIFF file"},
                                               {"BM", "a BMP"},
                                               {"II*", "a TIFF or a raw photograph"},
                                               {"MM", "a TIFF or a raw photograph"},
                                               {"PK\x03\x04", "a ZIP archive"},
                                               {"<svg", "an SVG drawing"},
                                               {"<?xml", "an XML or SVG file"}}};
  if (in.holds(4, "ftyp")) return "a HEIC, AVIF or film file";
  for (Kind const& kind : kKinds) {
    if (in.holds(0, kind.magic)) return kind.name;
  }
  return {};
}

}  // namespace

std::string_view to_string(Format format) { return format == Format::jpeg ? "JPEG" : "PNG"; }

Probe probe_header(Bytes first_bytes) {
  Reader in(first_bytes);
  if (first_bytes.empty()) return refuse(400, "The file is empty (0 bytes).");
  if (in.holds(0, "\x89PNG\r\n\x1a\n")) return probe_png(in);
  if (in.holds(0, "\xFF\xD8\xFF")) return probe_jpeg(in, first_bytes);
  std::string_view const known = known_format(in);
  return refuse(415, known.empty()
                         ? "This is not a picture: the content is neither JPEG nor PNG, whatever the name says."
                         : fmt::format("This is {}; only JPEG and PNG pictures are made smaller here.", known));
}

}  // namespace studio
