#include "spark/application/duration.hpp"

#include <array>
#include <charconv>
#include <limits>

namespace spark {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t millis;
};
constexpr std::array<Unit, 5> kUnits{{{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1000}, {"ms", 1}}};

}  // namespace

std::optional<kue::Millis> parse_duration(std::string_view text) {
  std::int64_t number = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < 0) return std::nullopt;
  std::string_view const name = text.substr(static_cast<std::size_t>(end - text.data()));
  for (Unit const& unit : kUnits) {
    if (unit.name != name) continue;
    if (number > std::numeric_limits<std::int64_t>::max() / unit.millis) return std::nullopt;
    return kue::Millis(number * unit.millis);
  }
  return std::nullopt;
}

std::string duration_text(kue::Millis duration) {
  if (duration.count() == 0) return "0s";
  for (Unit const& unit : kUnits) {
    if (duration.count() % unit.millis == 0)
      return std::to_string(duration.count() / unit.millis) + std::string(unit.name);
  }
  return std::to_string(duration.count()) + "ms";
}

}  // namespace spark
