#pragma once
// The URL of a SQLite store: sqlite:relative, sqlite:/absolute or sqlite:///absolute, then parameters.
//
//   sqlite:spark.db?gathered_wal=off
//
// In the path %3F stands for '?' and %25 for '%'; anything else stands for itself.

#include "kue/stores/sqlite/verbs/sqlite_store.hpp"

#include <string>
#include <string_view>

namespace kue::sqlite {

struct SqliteUrl {
  std::string path;
  FileOptions options;
};
SqliteUrl parse_sqlite_url(std::string_view url);  // throws Error(invalid)

std::string escaped_sqlite_path(std::string_view path);

}  // namespace kue::sqlite
