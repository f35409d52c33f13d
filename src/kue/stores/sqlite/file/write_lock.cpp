#include "kue/stores/sqlite/file/write_lock.hpp"

#include "kue/stores/sqlite/file/failure.hpp"

#include <sqlite3.h>

namespace kue::sqlite {

WriteLock::WriteLock(Connection& connection, Turnstile* turnstile, std::chrono::milliseconds patience)
    : connection_(connection), turnstile_(turnstile) {
  connection_.patience(patience);
  if (turnstile_) turnstile_->enter();
  try {
    connection_.begin_write();
  } catch (...) {
    leave();
    throw;
  }
}

WriteLock::~WriteLock() {
  // SQLite has ended the transaction by itself after some errors.
  if (connection_.in_transaction()) sqlite3_exec(connection_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
  leave();
}

void WriteLock::commit() {
  try {
    connection_.commit();
  } catch (Failure const& failure) {
    fail_in_commit(failure);
  }
  leave();  // before anybody is woken: who is finds it open
}

void WriteLock::leave() {
  if (turnstile_) turnstile_->leave();
  turnstile_ = nullptr;
}

Snapshot::Snapshot(Connection& connection) : connection_(connection) { connection_.begin_look(); }

Snapshot::~Snapshot() {
  try {
    connection_.commit();
  } catch (Failure const&) {}  // an error of the look has ended it
}

}  // namespace kue::sqlite
