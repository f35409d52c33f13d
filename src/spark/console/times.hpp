#pragma once
// Times as people read them.

#include <kue/clock.hpp>

#include <string>

namespace spark {

std::string utc_text(kue::TimePoint time);                           // 2026-11-24 10:00:20 UTC
std::string iso_text(kue::TimePoint time);                           // 2026-11-24T10:00:20.004Z, in JSON
std::string relative_text(kue::TimePoint time, kue::TimePoint now);  // "12s ago", "in 5m", "now"
std::string span_text(kue::Millis span);                             // "340ms", "12s", "3m 20s", "2h 5m", "4d 1h"

}  // namespace spark
