#pragma once
// Moments as people write them.
//
//   parse_moment("2026-12-01T10:00:00Z")   parse_moment("2026-12-01T11:00+01:00")
//   parse_moment("2026-12-01")  // midnight, UTC
//   parse_past("2h", now)                  // two hours ago
//
// A time of day needs its zone: a guess would be an hour off for half of the world.

#include <kue/clock.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace spark {

std::optional<kue::TimePoint> parse_moment(std::string_view text);
std::optional<kue::TimePoint> parse_past(std::string_view text, kue::TimePoint now);  // a moment, or how long ago

// The same for the value of an option; throws Error(invalid) with a sentence that shows how to write it.
kue::TimePoint moment_of(std::string_view option, std::string const& text);
kue::TimePoint past_of(std::string_view option, std::string const& text);

}  // namespace spark
