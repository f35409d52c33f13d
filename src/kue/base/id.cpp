#include <kue/id.hpp>

#include <kue/clock.hpp>

#include "kue/base/id_text.hpp"
#include "kue/base/random_pool.hpp"

#include <cstring>

namespace kue {
namespace {

constexpr char kHex[] = "0123456789abcdef";

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool dash_at(std::size_t position) { return position == 8 || position == 13 || position == 18 || position == 23; }

}  // namespace

// RFC 9562, 5.7: 48 bits of milliseconds since 1970, version 7, variant 2, the rest random.
JobId JobId::make() {
  auto const millis = static_cast<std::uint64_t>(Clock::system().now().time_since_epoch().count());
  auto const [high, low] = RandomPool::take();
  std::array<std::uint8_t, 16> bytes{};
  for (unsigned i = 0; i < 6; ++i) bytes[i] = static_cast<std::uint8_t>(millis >> (40 - 8 * i));
  std::memcpy(&bytes[6], &high, 2);
  std::memcpy(&bytes[8], &low, 8);
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0f) | 0x70);
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3f) | 0x80);
  return JobId(bytes);
}

std::optional<JobId> JobId::parse(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  std::array<std::uint8_t, 16> bytes{};
  std::size_t out = 0;
  for (std::size_t i = 0; i < text.size();) {
    if (dash_at(i)) {
      if (text[i++] != '-') return std::nullopt;
      continue;
    }
    int const high = hex_value(text[i]);
    int const low = hex_value(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes[out++] = static_cast<std::uint8_t>(high * 16 + low);
    i += 2;
  }
  return JobId(bytes);
}

IdText id_text(JobId id) noexcept {
  IdText text;
  char* to = text.data();
  auto const& bytes = id.bytes();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) *to++ = '-';
    *to++ = kHex[bytes[i] >> 4];
    *to++ = kHex[bytes[i] & 15];
  }
  return text;
}

std::string JobId::str() const {
  IdText const text = id_text(*this);
  return std::string(text.data(), text.size());
}

}  // namespace kue
