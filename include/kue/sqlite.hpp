#pragma once
// SqliteTransaction: a transaction on your own SQLite connection, in which jobs are pushed and
// finished together with your own rows.
//
//   kue::SqliteTransaction tx(database);                       // sqlite3*, opened by you on the file of the store
//   run(database, "INSERT INTO orders (id) VALUES (7)");
//   queue.push(tx, SendReceipt(7));
//   tx.commit();                                               // order and job, or without it neither
//
// The constructor takes the write lock (BEGIN IMMEDIATE), and waits for it beyond your own busy
// handler, for `patience` in all. The whole queue waits while you have it: keep it short, and do
// the slow part before. The destructor rolls back what was not committed. Your tables have to stand
// in the store's own file, the main one of the connection: a commit over attached files is not
// atomic. There must be one copy of libsqlite3 in the process (Error(refused) if there are two).
// The connection keeps its settings; its `PRAGMA synchronous` says what survives a power cut (FULL,
// SQLite's own default, everything).
//
// Threads: use it in the thread that made it. While it is open, a plain push or any other write of
// that thread to the same store is an Error(refused) instead of a wait for itself. After a fork it
// is the parent's: the child's copy does nothing.
// Failure: the constructor throws Error(refused) if the connection is in a transaction,
// Error(timeout) if others hold the lock. After a commit() that threw the transaction is open or
// rolled back, unless outcome_unknown(). A COMMIT by hand counts too; then workers find the jobs by
// themselves, within about a second.

#include <kue/clock.hpp>
#include <kue/foreign.hpp>

#include <sqlite3.h>

#include <string>

namespace kue {

class SqliteTransaction : public Foreign {
 public:
  explicit SqliteTransaction(sqlite3* database, Millis patience = Millis(10'000))
      : SqliteTransaction(database, patience, sqlite3_libversion()) {}
  ~SqliteTransaction();

  void commit();

 private:
  SqliteTransaction(sqlite3* database, Millis patience,
                    char const* version_of_caller);  // of the libsqlite3 that made the handle

  std::string marker_;  // the savepoint that tells this transaction from a later one on the connection
};

}  // namespace kue
