#include "spark/console/moment.hpp"

#include <kue/error.hpp>
#include <kue/limits.hpp>

#include "spark/application/duration.hpp"
#include "spark/console/parse.hpp"

#include <fmt/format.h>

#include <charconv>

namespace spark {
namespace {

using namespace std::chrono;

// Takes what it reads from the front of the text.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  bool at_end() const { return text_.empty(); }
  bool take(char c) {
    bool const there = text_.starts_with(c);
    if (there) text_.remove_prefix(1);
    return there;
  }
  std::optional<int> digits(std::size_t count) {
    int value = 0;
    if (text_.size() < count) return std::nullopt;
    auto const [end, error] = std::from_chars(text_.data(), text_.data() + count, value);
    if (error != std::errc() || end != text_.data() + count || value < 0 || text_.front() == '-') return std::nullopt;
    text_.remove_prefix(count);
    return value;
  }
  // Of a second, after its point: any number of digits, three of them matter.
  std::optional<milliseconds> fraction() {
    int value = 0;
    std::size_t count = 0;
    for (; !text_.empty() && '0' <= text_.front() && text_.front() <= '9'; ++count, text_.remove_prefix(1)) {
      if (count < 3) value = value * 10 + (text_.front() - '0');
    }
    if (count == 0) return std::nullopt;
    for (; count < 3; ++count) value *= 10;
    return milliseconds(value);
  }

 private:
  std::string_view text_;
};

std::optional<sys_days> take_date(Scanner& in) {
  auto const y = in.digits(4);
  if (!y || !in.take('-')) return std::nullopt;
  auto const m = in.digits(2);
  if (!m || !in.take('-')) return std::nullopt;
  auto const d = in.digits(2);
  if (!d) return std::nullopt;
  year_month_day const date{year(*y), month(static_cast<unsigned>(*m)), day(static_cast<unsigned>(*d))};
  if (!date.ok()) return std::nullopt;
  return sys_days(date);
}

std::optional<milliseconds> take_time(Scanner& in) {
  auto const h = in.digits(2);
  if (!h || !in.take(':')) return std::nullopt;
  auto const m = in.digits(2);
  if (!m || *h > 23 || *m > 59) return std::nullopt;
  milliseconds time = hours(*h) + minutes(*m);
  if (!in.take(':')) return time;
  auto const s = in.digits(2);
  if (!s || *s > 59) return std::nullopt;
  time += seconds(*s);
  if (!in.take('.')) return time;
  auto const part = in.fraction();
  if (!part) return std::nullopt;
  return time + *part;
}

// How far the zone is ahead of UTC.
std::optional<minutes> take_zone(Scanner& in) {
  if (in.take('Z') || in.take('z')) return minutes(0);
  bool const ahead = in.take('+');
  if (!ahead && !in.take('-')) return std::nullopt;
  auto const h = in.digits(2);
  in.take(':');
  auto const m = in.digits(2);
  if (!h || !m || *h > 14 || *m > 59) return std::nullopt;
  auto const offset = hours(*h) + minutes(*m);
  return ahead ? offset : -offset;
}

constexpr std::string_view kForms = "2026-12-01T10:00:00Z, 2026-12-01T11:00+01:00 or 2026-12-01";

[[noreturn]] void refuse(std::string const& text) { throw WrongWords(text); }

}  // namespace

std::optional<kue::TimePoint> parse_moment(std::string_view text) {
  Scanner in(text);
  auto const date = take_date(in);
  if (!date) return std::nullopt;
  if (in.at_end()) return kue::TimePoint(*date);
  if (!in.take('T') && !in.take('t') && !in.take(' ')) return std::nullopt;
  auto const time = take_time(in);
  if (!time) return std::nullopt;
  auto const zone = take_zone(in);
  if (!zone || !in.at_end()) return std::nullopt;
  return kue::TimePoint(*date) + *time - *zone;
}

std::optional<kue::TimePoint> parse_past(std::string_view text, kue::TimePoint now) {
  auto const ago = parse_duration(text);
  if (!ago) return parse_moment(text);
  if (*ago > now.time_since_epoch()) return std::nullopt;
  return now - *ago;
}

kue::TimePoint moment_of(std::string_view option, std::string const& text) {
  if (auto const moment = parse_moment(text)) return *moment;
  refuse(fmt::format("{} must be a time such as {}, not '{}'", option, kForms, text));
}

kue::TimePoint past_of(std::string_view option, std::string const& text) {
  if (auto const moment = parse_past(text, kue::Clock::system().now())) return *moment;
  refuse(fmt::format("{} takes an age such as 2h or 7d, or a time such as {}, not '{}'", option, kForms, text));
}

}  // namespace spark
