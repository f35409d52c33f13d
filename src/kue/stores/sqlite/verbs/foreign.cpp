// push_in, finish_in: the verbs in a transaction of the program's own, on its own connection.

#include "kue/stores/sqlite/file/failure.hpp"
#include "kue/stores/sqlite/file/own_transaction.hpp"
#include "kue/stores/sqlite/verbs/finish.hpp"
#include "kue/stores/sqlite/verbs/store.hpp"

#include <kue/error.hpp>

#include <fmt/format.h>
#include <sqlite3.h>

namespace kue::sqlite {
namespace {

// A commit over attached files is not atomic in WAL mode: only the handle's main file will do.
sqlite3* checked_handle(Foreign const& transaction, Location const& location) {
  if (transaction.kind() != Foreign::Kind::sqlite)
    throw Error(ErrorKind::refused, "the transaction is not one of SQLite's");
  auto* const handle = static_cast<sqlite3*>(transaction.handle());
  if (!transaction.open() || sqlite3_get_autocommit(handle) != 0) {
    throw Error(ErrorKind::refused, "the transaction has ended, or was begun by another process; begin one first");
  }
  if (is_main_file(handle, location.database)) return handle;
  char const* const main_file = sqlite3_db_filename(handle, "main");
  throw Error(
      ErrorKind::refused,
      fmt::format("the main file of the program's own connection is {}, and the jobs are in {}; only one file commits "
                  "as a whole. "
                  "Open that one with sqlite3_open and keep your tables in it",
                  main_file != nullptr && *main_file != '\0' ? main_file : "none (it is in memory or temporary)",
                  location.database));
}

// What the verb writes, inside what the program writes: undone by itself if it fails.
class Part {
 public:
  explicit Part(sqlite3* handle) : handle_(handle), row_before_(sqlite3_last_insert_rowid(handle)) {
    run("SAVEPOINT kue_part");
  }
  ~Part() {
    bool const open = !kept_ && sqlite3_get_autocommit(handle_) == 0;
    if (open) sqlite3_exec(handle_, "ROLLBACK TO kue_part; RELEASE kue_part", nullptr, nullptr, nullptr);
    sqlite3_set_last_insert_rowid(handle_, row_before_);  // the program may ask for that of its own row yet
  }
  Part(Part const&) = delete;
  Part& operator=(Part const&) = delete;

  void keep() {
    run("RELEASE kue_part");
    kept_ = true;
  }

 private:
  void run(char const* sql) {
    if (int const code = sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr); code != SQLITE_OK) fail(handle_, code);
  }

  sqlite3* const handle_;
  sqlite3_int64 const row_before_;
  bool kept_ = false;
};

// After a full disk, for one, SQLite undoes more than the statement that failed.
[[noreturn]] void tell_whether_all_is_gone(sqlite3* handle, Failure const& failure) {
  if (sqlite3_get_autocommit(handle) == 0) throw failure;
  throw Error(failure.kind(), std::string(failure.what()) + " SQLite has rolled back the whole transaction.");
}

}  // namespace

template <class Body> auto SqliteStore::write_in(Foreign& transaction, Body&& body) {
  (void)file_.wake_file();  // refuses a file that is not of the newest schema
  sqlite3* const handle = checked_handle(transaction, file_.location());
  decltype(body(std::declval<Tables&>())) result;
  AfterCommit done;
  try {
    Part part(handle);
    Connection db(handle);
    Ledger ledger(db, now(), event_log_);
    Tables tables(ledger);
    result = body(tables);
    done = ledger.close();
    part.keep();
  } catch (Failure const& failure) {
    tell_whether_all_is_gone(handle, failure);
  }
  if (!done.wakes.empty()) transaction.after_commit([this, done] { file_.ring(done); });
  return result;
}

PushResult SqliteStore::push_in(Foreign& transaction, PushRequest const& request) {
  if (request.jobs.empty()) return {};
  refuse_when_full(request);
  return write_in(transaction, [&](Tables& tables) { return PushResult{tables.add(std::span(&request.jobs, 1))}; });
}

FinishResult SqliteStore::finish_in(Foreign& transaction, FinishRequest const& request) {
  return write_in(transaction,
                  [&](Tables& tables) { return FinishResult{write_finishes(tables, Verb::finish, request.items)}; });
}

}  // namespace kue::sqlite
