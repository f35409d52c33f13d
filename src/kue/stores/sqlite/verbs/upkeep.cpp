// check, info, tend.

#include "kue/stores/sqlite/tables/records.hpp"
#include "kue/stores/sqlite/tables/schema.hpp"
#include "kue/stores/sqlite/verbs/store.hpp"

#include <kue/error.hpp>

#include <fmt/format.h>
#include <sqlite3.h>

namespace kue::sqlite {
namespace {

// On a connection of its own: reading the whole file takes its time, and others look meanwhile.
CheckReport check_database(Location const& location) {
  Connection db(location);
  db.settle(Sync::normal);
  Snapshot const snapshot(db);
  CheckReport report;
  Statement const statement(db.handle(), "PRAGMA integrity_check(100)");
  for (Use row(statement.handle()); row.step();) {
    if (row.text(0) != "ok") report.problems.push_back(fmt::format("the file is damaged: {}", row.text(0)));
  }
  if (!report.ok()) return report;  // rows on a damaged page prove nothing
  check_records(db, report);
  report.facts.push_back(fmt::format("schema {}, SQLite {}, journal {}", db.number("PRAGMA user_version"),
                                     sqlite3_libversion(), db.word("PRAGMA journal_mode")));
  return report;
}

}  // namespace

CheckReport SqliteStore::check() {
  bool const shared = file_.wake_file().shared();
  CheckReport report;
  try {
    report = check_database(file_.location());
  } catch (Error const& error) {
    if (error.kind() != ErrorKind::corrupt) throw;
    report.problems.push_back(
        fmt::format("the file is damaged: {}", error.what()));  // so badly that it cannot even be gone through
  }
  report.facts.push_back(fmt::format("file {} bytes, write-ahead log {} bytes", size_of(file_.location().database),
                                     size_of(file_.location().wal())));
  report.facts.push_back(shared ? "sleepers of all processes are woken at once"
                                : "no wake file: sleepers of other processes look once a second");
  return report;
}

StoreInfo SqliteStore::info() {
  StoreInfo info;
  for (auto& [name, value] : file_.facts()) info.facts.push_back({std::move(name), std::move(value)});
  info.facts.push_back({"durability", file_.rules().power ? "full" : "process"});
  info.facts.push_back({"event_log", event_log_ ? "on" : "off"});
  info.facts.push_back({"sqlite", sqlite3_libversion()});
  return info;
}

// Work that nobody was woken for, because the one who was to do it was killed after its commit.
void SqliteStore::tend() {
  WakeFile& wake = file_.wake_file();
  if (wake.anybody_sleeps() && wake.take_turn_to_tend()) wake_whoever_may_work();
}

}  // namespace kue::sqlite
