#pragma once
// JobId: a UUIDv7 (RFC 9562), made by the client, so that a push whose answer was lost can be repeated.
//
//   kue::JobId id = app[spark::queue]->push(SendInvoice(7));
//   log.info("invoice is job {}", id.str());      // 0193c2a0-1b2c-7def-8a90-b1c2d3e4f506
//
// Sorts by the millisecond of its making. Bits come from getrandom(2) and none outlives a fork, so that no two
// processes share one.
// A value; make() is thread-safe and throws Error(unavailable) if the kernel gives no random bytes.

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kue {

class JobId {
 public:
  JobId() = default;  // the nil id: 00000000-0000-0000-0000-000000000000
  explicit JobId(std::array<std::uint8_t, 16> const& bytes) : bytes_(bytes) {}

  static JobId make();
  static std::optional<JobId> parse(std::string_view text);  // 36 characters with dashes, any case

  std::string str() const;
  bool nil() const { return *this == JobId(); }
  std::array<std::uint8_t, 16> const& bytes() const { return bytes_; }

  auto operator<=>(JobId const&) const = default;

 private:
  std::array<std::uint8_t, 16> bytes_{};
};

std::uint64_t random_bits();  // 64 bits from getrandom(2); never 0 (0 means "nobody" for holders and nodes)

}  // namespace kue
