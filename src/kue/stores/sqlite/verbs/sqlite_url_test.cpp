// What a store's URL says of a SQLite file.

#include "kue/stores/sqlite/verbs/sqlite_url.hpp"

#include <kue/error.hpp>

#include <gmock/gmock.h>

namespace kue::sqlite {
namespace {

using ::testing::HasSubstr;

std::string refused(std::string_view url) {
  try {
    (void)parse_sqlite_url(url);
  } catch (Error const& error) {
    return error.kind() == ErrorKind::invalid ? error.what() : "another kind of error";
  }
  return "accepted";
}

TEST(SqliteUrl, a_path_stands_for_itself) {
  for (std::string const path : {"spark.db", "/srv/app/spark.db", "a b#c&d=e.db", "100%.db", "a%20b.db"}) {
    EXPECT_EQ(parse_sqlite_url("sqlite:" + path).path, path);
    EXPECT_TRUE(parse_sqlite_url("sqlite:" + path).options.gathered_wal);
  }
  EXPECT_EQ(parse_sqlite_url("sqlite:///srv/spark.db").path, "/srv/spark.db");
}

TEST(SqliteUrl, a_question_mark_in_the_path_is_escaped) {
  EXPECT_EQ(parse_sqlite_url("sqlite:what%3F.db").path, "what?.db");
  EXPECT_EQ(parse_sqlite_url("sqlite:what%3f").path, "what?");
  EXPECT_EQ(parse_sqlite_url("sqlite:%253F.db").path, "%3F.db");
  for (std::string const path : {"a?b%c.db", "%3F", "%25%", "50%"})
    EXPECT_EQ(parse_sqlite_url("sqlite:" + escaped_sqlite_path(path)).path, path);
}

TEST(SqliteUrl, parameters_follow_a_question_mark) {
  auto const parsed = parse_sqlite_url("sqlite:spark.db?gathered_wal=off");
  EXPECT_EQ(parsed.path, "spark.db");
  EXPECT_FALSE(parsed.options.gathered_wal);
  EXPECT_TRUE(parse_sqlite_url("sqlite:spark.db?gathered_wal=off&gathered_wal=on").options.gathered_wal);
}

TEST(SqliteUrl, what_it_does_not_know_is_an_error) {
  EXPECT_THAT(refused("sqlite:spark.db?gatherd_wal=off"), HasSubstr("'gatherd_wal'; did you mean gathered_wal?"));
  EXPECT_THAT(refused("sqlite:spark.db?cache=shared"), HasSubstr("there is gathered_wal=on or off"));
  EXPECT_THAT(refused("sqlite:really?.db"), HasSubstr("written %3F"));
  EXPECT_THAT(refused("sqlite:spark.db?"), HasSubstr("unknown parameter ''"));
  EXPECT_THAT(refused("sqlite:spark.db?gathered_wal=off&"), HasSubstr("unknown parameter ''"));
  EXPECT_THAT(refused("sqlite:spark.db?gathered_wal"), HasSubstr("gathered_wal is on or off"));
  EXPECT_THAT(refused("sqlite:spark.db?gathered_wal=no"), HasSubstr("gathered_wal is on or off"));
  EXPECT_THAT(refused("sqlite:?gathered_wal=off"), HasSubstr("has no path"));
  EXPECT_THAT(refused("sqlite://host/spark.db"), HasSubstr("names a host"));
}

}  // namespace
}  // namespace kue::sqlite
