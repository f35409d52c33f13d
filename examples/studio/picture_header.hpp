#pragma once
// What the first bytes of an uploaded file say: format, size, orientation. Nothing is decoded, so a bomb costs nothing.
//
//   Probe probe = probe_header(first_bytes);
//   if (!probe.header) answer(415, probe.refusal);     // one sentence for the person who uploaded it
//
// Pure; reads untrusted bytes.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace studio {

using Bytes = std::span<std::uint8_t const>;

inline constexpr std::size_t kHeaderBytes =
    1024 * 1024;                                        // a JPEG may put much (colour profile, preview) before its size
inline constexpr std::int64_t kMaxPixels = 40'000'000;  // decoded that is 160 MB in each child of the worker

enum class Format { jpeg, png };
std::string_view to_string(Format format);

struct Extent {
  int width = 0;
  int height = 0;
  bool operator==(Extent const&) const = default;
};

struct PictureHeader {
  Format format = Format::jpeg;
  Extent stored;        // as the file lies on disk
  int orientation = 1;  // EXIF, 1 to 8
  Extent shown() const { return orientation >= 5 ? Extent{stored.height, stored.width} : stored; }
};

struct Probe {
  std::optional<PictureHeader> header;
  int status = 200;     // of the HTTP answer to a refusal
  std::string refusal;  // a sentence, if there is no header
};

Probe probe_header(Bytes first_bytes);

}  // namespace studio
