#include "spark/console/moment.hpp"

#include <gtest/gtest.h>

namespace spark {
namespace {

using namespace std::chrono_literals;
using namespace std::chrono;

kue::TimePoint at(int y, unsigned m, unsigned d, milliseconds time = 0ms) {
  return kue::TimePoint(sys_days(year(y) / month(m) / day(d))) + time;
}

TEST(Moment, with_a_date_a_time_and_a_zone) {
  EXPECT_EQ(parse_moment("2026-12-01T10:00:00Z"), at(2026, 12, 1, 10h));
  EXPECT_EQ(parse_moment("2026-12-01T10:00Z"), at(2026, 12, 1, 10h));
  EXPECT_EQ(parse_moment("2026-12-01 10:00:07.25z"), at(2026, 12, 1, 10h + 7s + 250ms));
  EXPECT_EQ(parse_moment("2026-12-01T10:00:07.123456Z"), at(2026, 12, 1, 10h + 7s + 123ms));
  EXPECT_EQ(parse_moment("2026-12-01T11:30:00+01:30"), at(2026, 12, 1, 10h));
  EXPECT_EQ(parse_moment("2026-12-31T23:00:00-0500"), at(2027, 1, 1, 4h));
  EXPECT_EQ(parse_moment("2028-02-29"), at(2028, 2, 29));
}

TEST(Moment, is_not_guessed) {
  for (char const* text : {"",
                           "now",
                           "2026-12-01T10:00:00",
                           "2026-12-01T10:00",
                           "10:00",
                           "2026-02-29",
                           "2026-13-01",
                           "2026-00-10",
                           "2026-12-01T24:00Z",
                           "2026-12-01T10:60Z",
                           "2026-12-01T10:00:60Z",
                           "2026-12-01T10:00:00ZZ",
                           "2026-12-01T",
                           "2026-12-1",
                           "26-12-01",
                           "-026-12-01",
                           "2026-12-01T10:00:00.Z",
                           "2026-12-01T1:00Z",
                           "2026-12-01T10:00+25:00",
                           "2026-12-01T10:00 Z",
                           "+2026-12-01"}) {
    EXPECT_EQ(parse_moment(text), std::nullopt) << text;
  }
}

TEST(Moment, so_long_ago) {
  auto const now = at(2026, 11, 24, 8h);
  EXPECT_EQ(parse_past("2h", now), now - 2h);
  EXPECT_EQ(parse_past("7d", now), at(2026, 11, 17, 8h));
  EXPECT_EQ(parse_past("2026-11-01", now), at(2026, 11, 1));
  EXPECT_EQ(parse_past("99999d", now), std::nullopt) << "before there was time";
  EXPECT_EQ(parse_past("yesterday", now), std::nullopt);
}

}  // namespace
}  // namespace spark
