#pragma once
// Durations as people write them: 500ms, 25s, 5m, 2h, 1d.

#include <kue/clock.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace spark {

std::optional<kue::Millis> parse_duration(std::string_view text);  // whole numbers only; nothing on overflow
std::string duration_text(kue::Millis duration);                   // the largest unit that is exact: "90s", "5m", "0s"

}  // namespace spark
