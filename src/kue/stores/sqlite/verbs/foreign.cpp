// push_in, finish_in: the verbs in a transaction of the program's own, on its own connection.

#include "kue/stores/sqlite/file/failure.hpp"
#include "kue/stores/sqlite/tables/schema.hpp"
#include "kue/stores/sqlite/verbs/finish.hpp"
#include "kue/stores/sqlite/verbs/store.hpp"

#include <kue/error.hpp>

#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>

namespace kue::sqlite {
namespace {

bool same_file(std::string const& one, std::string const& other) {
  struct stat a {
  }, b{};
  return ::stat(one.c_str(), &a) == 0 && ::stat(other.c_str(), &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

// A commit over attached files is not atomic in WAL mode: only the handle's main file will do.
sqlite3* checked_handle(Foreign const& transaction, Location const& location) {
  if (transaction.kind() != Foreign::Kind::sqlite) throw Error(ErrorKind::refused, "the transaction is not one of SQLite's");
  auto* const handle = static_cast<sqlite3*>(transaction.handle());
  char const* const main_file = handle != nullptr ? sqlite3_db_filename(handle, "main") : nullptr;
  if (main_file == nullptr || !same_file(main_file, location.database)) {
    throw Error(ErrorKind::refused,
                fmt::format("the main file of the program's own connection is {}, and the jobs are in {}; only one file commits as a whole. "
                            "Open that one with sqlite3_open and keep your tables in it",
                            main_file != nullptr && *main_file != '\0' ? main_file : "none", location.database));
  }
  if (sqlite3_get_autocommit(handle) != 0) throw Error(ErrorKind::refused, "the program's own connection is in no transaction; begin one first");
  return handle;
}

}  // namespace

template <class Body> auto SqliteStore::write_in(Foreign& transaction, Body&& body) {
  (void)file_.wake_file();  // refuses a file that is not of the newest schema
  Connection db(checked_handle(transaction, file_.location()));
  Ledger ledger(db, now(), event_log_);
  Tables tables(ledger);
  decltype(body(tables)) result;
  AfterCommit done;
  tables.all_or_nothing([&] {
    result = body(tables);
    done = ledger.close();
  });
  transaction.after_commit([this, done] { file_.ring(done); });
  return result;
}

PushResult SqliteStore::push_in(Foreign& transaction, PushRequest const& request) {
  if (request.jobs.empty()) return {};
  return write_in(transaction, [&](Tables& tables) { return PushResult{tables.add(std::span(&request.jobs, 1))}; });
}

FinishResult SqliteStore::finish_in(Foreign& transaction, FinishRequest const& request) {
  return write_in(transaction, [&](Tables& tables) { return FinishResult{write_finishes(tables, Verb::finish, request.items)}; });
}

}  // namespace kue::sqlite
