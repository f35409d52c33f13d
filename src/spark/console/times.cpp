#include "spark/console/times.hpp"

#include <fmt/format.h>

#include <ctime>

namespace spark {
namespace {

std::tm parts_of(kue::TimePoint time) {
  auto const seconds =
      static_cast<std::time_t>(std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count());
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  return parts;
}

}  // namespace

std::string utc_text(kue::TimePoint time) {
  std::tm const p = parts_of(time);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02} UTC", p.tm_year + 1900, p.tm_mon + 1, p.tm_mday, p.tm_hour,
                     p.tm_min, p.tm_sec);
}

std::string iso_text(kue::TimePoint time) {
  std::tm const p = parts_of(time);
  auto const millis = (time - std::chrono::floor<std::chrono::seconds>(time)).count();
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", p.tm_year + 1900, p.tm_mon + 1, p.tm_mday, p.tm_hour,
                     p.tm_min, p.tm_sec, millis);
}

std::string span_text(kue::Millis span) {
  auto const ms = span.count();
  if (ms < 1000) return fmt::format("{}ms", ms);
  auto const seconds = ms / 1000, minutes = seconds / 60, hours = minutes / 60, days = hours / 24;
  if (minutes == 0) return fmt::format("{}s", seconds);
  if (hours == 0) return seconds % 60 ? fmt::format("{}m {}s", minutes, seconds % 60) : fmt::format("{}m", minutes);
  if (days == 0) return minutes % 60 ? fmt::format("{}h {}m", hours, minutes % 60) : fmt::format("{}h", hours);
  return hours % 24 ? fmt::format("{}d {}h", days, hours % 24) : fmt::format("{}d", days);
}

std::string relative_text(kue::TimePoint time, kue::TimePoint now) {
  auto const span = time > now ? time - now : now - time;
  if (span < std::chrono::seconds(1)) return "now";
  return time > now ? "in " + span_text(span) : span_text(span) + " ago";
}

}  // namespace spark
