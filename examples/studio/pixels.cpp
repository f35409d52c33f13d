#include "pixels.hpp"

#include <fmt/format.h>
#include <stb_image.h>
#include <stb_image_resize.h>
#include <stb_image_write.h>

#include <algorithm>
#include <cstring>
#include <memory>

namespace studio {
namespace {

// Feeds the decoder from memory and ticks on the way. No exception may pass through the decoder: it would leak.
struct Feed {
  Bytes file;
  Tick const& tick;
  std::size_t at = 0;
  std::size_t next_tick = 0;
  bool stopped = false;
};

constexpr std::size_t kTicks = 64;  // in one decoding

int feed_read(void* user, char* to, int size) {
  Feed& feed = *static_cast<Feed*>(user);
  if (feed.tick && feed.at >= feed.next_tick && !feed.stopped) {
    feed.stopped = !feed.tick(static_cast<double>(feed.at) / static_cast<double>(feed.file.size()));
    feed.next_tick = feed.at + feed.file.size() / kTicks;
  }
  if (feed.stopped) return 0;
  std::size_t const count = std::min(static_cast<std::size_t>(size), feed.file.size() - feed.at);
  std::memcpy(to, feed.file.data() + feed.at, count);
  feed.at += count;
  return static_cast<int>(count);
}

void feed_skip(void* user, int count) {
  Feed& feed = *static_cast<Feed*>(user);
  std::int64_t const to = static_cast<std::int64_t>(feed.at) + count;  // stb also steps back with a negative count
  feed.at = static_cast<std::size_t>(std::clamp<std::int64_t>(to, 0, static_cast<std::int64_t>(feed.file.size())));
}

int feed_eof(void* user) {
  Feed const& feed = *static_cast<Feed*>(user);
  return feed.stopped || feed.at >= feed.file.size();
}

bool contains(Bytes where, std::initializer_list<std::uint8_t> what) {
  return std::search(where.begin(), where.end(), what.begin(), what.end()) != where.end();
}

bool has_end_marker(Bytes file, Format format) {
  Bytes const tail = file.last(std::min<std::size_t>(file.size(), 64 * 1024));  // some cameras append data
  return format == Format::jpeg ? contains(tail, {0xFF, 0xD9}) : contains(tail, {'I', 'E', 'N', 'D'});
}

std::string why_unreadable(Bytes file, Format format, char const* reason) {
  if (!has_end_marker(file, format)) {
    return fmt::format("This {} file is cut off: it ends in the middle of the picture. Send the whole file again.",
                       to_string(format));
  }
  return fmt::format("This {} file is damaged and cannot be read ({}).", to_string(format),
                     reason ? reason : "no reason given");
}

using Decoded = std::unique_ptr<stbi_uc, void (*)(void*)>;

std::vector<std::uint8_t> on_white(stbi_uc const* rgba, std::size_t pixels) {
  std::vector<std::uint8_t> rgb(pixels * 3);
  for (std::size_t i = 0; i < pixels; ++i) {
    unsigned const alpha = rgba[i * 4 + 3];
    for (std::size_t c = 0; c < 3; ++c) {
      rgb[i * 3 + c] = static_cast<std::uint8_t>((rgba[i * 4 + c] * alpha + 255U * (255U - alpha) + 127U) / 255U);
    }
  }
  return rgb;
}

std::size_t count_of(Extent extent) {
  return static_cast<std::size_t>(extent.width) * static_cast<std::size_t>(extent.height);
}

void append(void* user, void* data, int size) {
  static_cast<std::string*>(user)->append(static_cast<char*>(data), static_cast<std::size_t>(size));
}

}  // namespace

Extent fit(Extent original, int longest) {
  int const side = std::max(original.width, original.height);
  if (side <= longest) return original;
  auto scaled = [&](int length) {
    return std::max(1, static_cast<int>((static_cast<std::int64_t>(length) * longest * 2 + side) /
                                        (2 * static_cast<std::int64_t>(side))));
  };
  return {scaled(original.width), scaled(original.height)};
}

Pixels decode(Bytes file, Tick const& tick) {
  Probe const probe = probe_header(file);
  if (!probe.header) throw Unreadable(probe.refusal);
  stbi_io_callbacks const callbacks{feed_read, feed_skip, feed_eof};
  Feed feed{file, tick};
  int width = 0;
  int height = 0;
  int channels = 0;
  int const wanted = probe.header->format == Format::png ? STBI_rgb_alpha : STBI_rgb;
  Decoded const decoded(stbi_load_from_callbacks(&callbacks, &feed, &width, &height, &channels, wanted),
                        stbi_image_free);
  if (feed.stopped) throw Stopped();
  if (!decoded) throw Unreadable(why_unreadable(file, probe.header->format, stbi_failure_reason()));
  Pixels picture{{width, height}, {}};
  if (picture.extent != probe.header->stored)
    throw Unreadable("This file contradicts itself: its header and its content tell different sizes.");
  std::size_t const pixels = count_of(picture.extent);
  if (wanted == STBI_rgb_alpha) {
    picture.rgb = on_white(decoded.get(), pixels);
  } else {
    picture.rgb.assign(decoded.get(), decoded.get() + pixels * 3);
  }
  return picture;
}

Pixels shrink(Pixels const& picture, Extent to, Tick const& tick) {
  if (to == picture.extent) return picture;
  constexpr int kStrips = 8;  // a strip at a time, so that progress moves and a stop is noticed
  Pixels small{to, std::vector<std::uint8_t>(count_of(to) * 3)};
  auto row_of = [&](int strip) { return to.height * strip / kStrips; };
  for (int strip = 0; strip < kStrips; ++strip) {
    if (tick && !tick(static_cast<double>(strip) / kStrips)) throw Stopped();
    int const first = row_of(strip);
    int const rows = row_of(strip + 1) - first;
    if (rows == 0) continue;
    auto const share = [&](int row) { return static_cast<float>(static_cast<double>(row) / to.height); };
    int const done = stbir_resize_region(picture.rgb.data(), picture.extent.width, picture.extent.height, 0,
                                         small.rgb.data() + count_of({to.width, first}) * 3, to.width, rows, 0,
                                         STBIR_TYPE_UINT8, 3, STBIR_ALPHA_CHANNEL_NONE, 0, STBIR_EDGE_CLAMP,
                                         STBIR_EDGE_CLAMP, STBIR_FILTER_DEFAULT, STBIR_FILTER_DEFAULT,
                                         STBIR_COLORSPACE_SRGB, nullptr, 0.0F, share(first), 1.0F, share(first + rows));
    if (done == 0) throw std::bad_alloc();
  }
  return small;
}

Pixels turn(Pixels picture, int orientation) {
  if (orientation <= 1 || orientation > 8) return picture;
  auto const [width, height] = picture.extent;
  bool const sideways = orientation >= 5;
  Pixels turned{sideways ? Extent{height, width} : picture.extent, std::vector<std::uint8_t>(picture.rgb.size())};
  // Where each orientation takes the pixel (x, y) from, for a target of its own width and height.
  bool const flip_x = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  bool const flip_y = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  for (int y = 0; y < turned.extent.height; ++y) {
    for (int x = 0; x < turned.extent.width; ++x) {
      int const across = sideways ? y : x;
      int const down = sideways ? x : y;
      int const from_x = flip_x ? width - 1 - across : across;
      int const from_y = flip_y ? height - 1 - down : down;
      std::size_t const from =
          (static_cast<std::size_t>(from_y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(from_x)) * 3;
      std::size_t const to =
          (static_cast<std::size_t>(y) * static_cast<std::size_t>(turned.extent.width) + static_cast<std::size_t>(x)) *
          3;
      std::copy_n(picture.rgb.begin() + static_cast<std::ptrdiff_t>(from), 3,
                  turned.rgb.begin() + static_cast<std::ptrdiff_t>(to));
    }
  }
  return turned;
}

std::string encode_jpeg(Pixels const& picture, int quality) {
  std::string file;
  if (stbi_write_jpg_to_func(append, &file, picture.extent.width, picture.extent.height, 3, picture.rgb.data(),
                             quality) == 0)
    throw std::bad_alloc();
  return file;
}

std::string encode_png(Pixels const& picture) {
  std::string file;
  if (stbi_write_png_to_func(append, &file, picture.extent.width, picture.extent.height, 3, picture.rgb.data(), 0) == 0)
    throw std::bad_alloc();
  return file;
}

}  // namespace studio
