#include "kue/stores/sqlite/file/own_transaction.hpp"

#include "kue/core/open_transactions.hpp"
#include "kue/stores/sqlite/file/failure.hpp"

#include <kue/error.hpp>
#include <kue/sqlite.hpp>

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>

namespace kue::sqlite {

namespace {

bool is_file(sqlite3* database, char const* schema, std::string const& file) {
  char const* const of_schema = sqlite3_db_filename(database, schema);
  struct stat one {
  }, other{};
  if (of_schema == nullptr || *of_schema == '\0' || ::stat(of_schema, &one) != 0 || ::stat(file.c_str(), &other) != 0)
    return false;
  return one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

// BEGIN IMMEDIATE locks the attached files too.
bool locks(sqlite3* database, std::string const& file) {
  if (sqlite3_get_autocommit(database) != 0) return false;  // one that was ended by hand
  for (int at = 0; char const* const schema = sqlite3_db_name(database, at); ++at) {
    if (is_file(database, schema, file)) return true;
  }
  return false;
}

}  // namespace

bool is_main_file(sqlite3* database, std::string const& file) { return is_file(database, "main", file); }

void refuse_in_own_transaction(std::string const& file) {
  if (!OpenTransactions::any_here()) return;
  for (auto const& [kind, handle] : OpenTransactions::here()) {
    if (kind != Foreign::Kind::sqlite || !locks(static_cast<sqlite3*>(handle), file)) continue;
    throw Error(ErrorKind::refused, "this thread has a transaction of its own open on that file "
                                    "(kue::SqliteTransaction), and would wait for itself. "
                                    "Join it, queue.push(transaction, job), or commit it first");
  }
}

}  // namespace kue::sqlite

namespace kue {
namespace {

using std::chrono::steady_clock;
using namespace std::chrono_literals;

// Many programs give their connection no busy handler at all, and a queue is written all the time.
void begin(sqlite3* database, Millis patience) {
  auto const give_up_at = steady_clock::now() + patience;
  for (int tries = 1;; ++tries) {
    int const code = sqlite3_exec(database, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr);
    if (code == SQLITE_OK) return;
    if (sqlite3_extended_errcode(database) == SQLITE_BUSY_SNAPSHOT) {
      throw Error(ErrorKind::refused, "cannot begin a transaction: a statement of this connection is still reading, "
                                      "from before what others have written "
                                      "meanwhile. Reset it (sqlite3_reset) first");
    }
    if ((code & 0xff) != SQLITE_BUSY || steady_clock::now() >= give_up_at) sqlite::fail(database, code);
    std::this_thread::sleep_for(std::min(50us * tries, 2000us));
  }
}

std::string new_marker() {
  static std::atomic<std::uint64_t> made = 0;
  return fmt::format("kue_transaction_{}", ++made);
}

int run(sqlite3* database, std::string const& sql) {
  return sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr);
}

}  // namespace

SqliteTransaction::SqliteTransaction(sqlite3* database, Millis patience, char const* version_of_caller)
    : Foreign(Kind::sqlite, database), marker_(new_marker()) {
  if (database == nullptr)
    throw Error(ErrorKind::invalid, "cannot begin a transaction: there is no connection (sqlite3* is null)");
  if (version_of_caller != sqlite3_libversion()) {
    throw Error(ErrorKind::refused,
                fmt::format("cannot begin a transaction: this process has two copies of libsqlite3, {} of the program "
                            "and {} of the queue. "
                            "They do not see each other's locks, which damages files; link both with the same one",
                            version_of_caller, sqlite3_libversion()));
  }
  if (sqlite3_get_autocommit(database) == 0) {
    throw Error(ErrorKind::refused, "cannot begin a transaction: the connection is in one already. Begin it with "
                                    "kue::SqliteTransaction instead of BEGIN; "
                                    "there are none inside others (use SAVEPOINT)");
  }
  if (char const* const file = sqlite3_db_filename(database, "main"); file != nullptr)
    sqlite::refuse_in_own_transaction(file);
  begin(database, patience);
  if (int const code = run(database, "SAVEPOINT " + marker_); code != SQLITE_OK) {
    run(database, "ROLLBACK");
    sqlite::fail(database, code);
  }
  begun();
}

// The program may have ended it by hand, and have begun another on the connection, which is not ours to end: then the
// marker is gone.
SqliteTransaction::~SqliteTransaction() {
  auto* const database = static_cast<sqlite3*>(handle());
  if (!open() || sqlite3_get_autocommit(database) != 0) return;
  if (run(database, "ROLLBACK TO " + marker_) == SQLITE_OK) run(database, "ROLLBACK");
}

void SqliteTransaction::commit() {
  if (!open())
    throw Error(ErrorKind::refused, "cannot commit the transaction: it has ended, or was begun by another process");
  auto* const database = static_cast<sqlite3*>(handle());
  int code = run(database, "RELEASE " + marker_);
  if (code == SQLITE_ERROR) {  // no such savepoint
    ended();
    throw Error::with_unknown_outcome(
        ErrorKind::refused,
        "cannot commit the transaction: it was ended by somebody else, by COMMIT or ROLLBACK on its connection, "
        "or by SQLite after an error. Look whether its rows are there");
  }
  if (code == SQLITE_OK) code = run(database, "COMMIT");
  if (code == SQLITE_OK) return committed();
  try {
    sqlite::fail(database, code);
  } catch (sqlite::Failure const& failure) {
    // Still open: it may be committed again, or is rolled back.
    if (sqlite3_get_autocommit(database) != 0 || run(database, "SAVEPOINT " + marker_) != SQLITE_OK) ended();
    sqlite::fail_in_commit(failure);
  }
}

}  // namespace kue
