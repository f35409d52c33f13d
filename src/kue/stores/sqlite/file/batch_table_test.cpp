#include "kue/stores/sqlite/file/batch_table.hpp"

#include "kue/stores/sqlite/file/failure.hpp"
#include "kue/stores/sqlite/file/statement.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <limits>
#include <string>
#include <vector>

namespace kue::sqlite {
namespace {

struct Thing {
  std::int64_t number;
  std::string text;
  std::optional<TimePoint> at;
};

void write_column(Thing const& thing, int column, BatchTable::Value& out) {
  if (column == 1) return out.set(thing.number);
  if (column == 2) return out.set(std::string_view(thing.text));
  if (column == 3) return out.set(thing.at);
  out.set(std::nullopt);
}

class SqliteBatchTable : public testing::Test {
 protected:
  SqliteBatchTable() {
    EXPECT_EQ(sqlite3_open(":memory:", &database_), SQLITE_OK);
    EXPECT_EQ(table_.add_to(database_), SQLITE_OK);
  }
  ~SqliteBatchTable() override { sqlite3_close_v2(database_); }

  BatchTable table_;
  sqlite3* database_ = nullptr;
};

TEST_F(SqliteBatchTable, gives_each_value_of_each_row_as_it_is) {
  std::vector<Thing> const things = {{std::numeric_limits<std::int64_t>::min(), "", TimePoint(Millis(7))},
                                     {0, std::string("with\0zero", 9), std::nullopt},
                                     {1, "'; DROP TABLE live; --", TimePoint(Millis(-1))}};
  Statement const statement(database_, "SELECT rowid, v1, v2, v3, v12 FROM kue_batch");
  auto const rows = batch_of(things, write_column);
  table_.lend(rows);
  Use row(statement.handle());
  for (std::size_t i = 0; i < things.size(); ++i) {
    ASSERT_TRUE(row.step());
    EXPECT_EQ(row.integer(0), static_cast<std::int64_t>(i));
    EXPECT_EQ(row.integer(1), things[i].number);
    EXPECT_EQ(row.text(2), things[i].text);
    EXPECT_EQ(row.maybe_time(3), things[i].at);
    EXPECT_TRUE(row.null(4));
  }
  EXPECT_FALSE(row.step());
}

TEST_F(SqliteBatchTable, a_statement_never_reads_the_rows_of_another) {
  std::vector<Thing> const things = {{1, "one", std::nullopt}};
  Statement const statement(database_, "SELECT v1 FROM kue_batch");
  auto const rows = batch_of(things, write_column);
  {
    table_.lend(rows);
    Use row(statement.handle());
    EXPECT_TRUE(row.step());
  }
  Use again(statement.handle());
  EXPECT_THROW(again.step(), Failure);
}

TEST_F(SqliteBatchTable, no_rows_are_none) {
  std::vector<Thing> const nothing;
  Statement const statement(database_, "SELECT v1 FROM kue_batch");
  auto const rows = batch_of(nothing, write_column);
  table_.lend(rows);
  Use row(statement.handle());
  EXPECT_FALSE(row.step());
}

}  // namespace
}  // namespace kue::sqlite
