#include "picture_id.hpp"

#include <kue/id.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace studio {

PictureId PictureId::make() { return PictureId(fmt::format("{:016x}{:016x}", kue::random_bits(), kue::random_bits())); }

std::optional<PictureId> PictureId::parse(std::string_view text) {
  constexpr std::size_t kDigits = 32;
  auto const digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  if (text.size() != kDigits || !std::all_of(text.begin(), text.end(), digit)) return std::nullopt;
  return PictureId(std::string(text));
}

}  // namespace studio
