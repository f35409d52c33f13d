#include "kue/stores/sqlite/store.hpp"

#include <kue/error.hpp>

#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>

namespace kue::sqlite {
namespace {

void check_file(Connection& db, CheckReport& report) {
  Statement const statement(db.handle(), "PRAGMA integrity_check(100)");
  for (Use row(statement.handle()); row.step();) {
    if (row.text(0) != "ok") report.problems.push_back(fmt::format("the file is damaged: {}", row.text(0)));
  }
}

void check_sentences(Connection& db, Sql sql, CheckReport& report) {
  for (auto row = db.use(sql); row.step();) report.problems.emplace_back(row.text(0));
}

void add_sizes(Connection& db, CheckReport& report) {
  auto row = db.use(Sql::check_sizes);
  if (!row.step()) return;
  report.facts.push_back(fmt::format("{} jobs: {} unfinished, {} finished; {} failed attempts, {} events, {} queues, {} nodes", row.integer(0), row.integer(1),
                                     row.integer(2), row.integer(3), row.integer(4), row.integer(5), row.integer(6)));
}

std::int64_t size_of(std::string const& file) {
  struct stat info {};
  return ::stat(file.c_str(), &info) == 0 ? static_cast<std::int64_t>(info.st_size) : 0;
}

// On a connection of its own: reading the whole file takes its time, and others look meanwhile.
CheckReport check_database(Location const& location) {
  Connection db(location);
  db.settle(Sync::normal);
  Snapshot const snapshot(db);
  CheckReport found;
  check_file(db, found);
  if (!found.ok()) return found;  // what stands on a damaged page says nothing
  check_sentences(db, Sql::check_jobs, found);
  check_sentences(db, Sql::check_counts, found);
  check_sentences(db, Sql::check_stretches, found);
  add_sizes(db, found);
  found.facts.push_back(
      fmt::format("schema {}, SQLite {}, journal {}", db.number("PRAGMA user_version"), sqlite3_libversion(), db.word("PRAGMA journal_mode")));
  return found;
}

}  // namespace

CheckReport SqliteStore::check() {
  refuse_foreign_descriptors("check of");
  CheckReport report;
  try {
    report = check_database(location_);
  } catch (Failure const& failure) {
    Error const error = to_error(failure, "check of", description());
    if (error.kind() != ErrorKind::corrupt) throw error;
    report.problems.push_back(fmt::format("the file is damaged: {}", error.what()));  // so badly that it cannot even be gone through
  }
  report.facts.push_back(fmt::format("file {} bytes, write-ahead log {} bytes", size_of(location_.database), size_of(location_.wal())));
  report.facts.push_back(wake_.shared() ? "sleepers of all processes are woken at once" : "no wake file: sleepers of other processes look once a second");
  return report;
}

}  // namespace kue::sqlite
