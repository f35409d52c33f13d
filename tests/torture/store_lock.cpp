#include "store_lock.hpp"

#include <sqlite3.h>

#include <stdexcept>

namespace torture {
namespace {

sqlite3* open(std::string const& file) {
  sqlite3* db = nullptr;
  sqlite3_open_v2(file.c_str(), &db, SQLITE_OPEN_READWRITE, nullptr);
  return db;
}

}  // namespace

StoreLock::StoreLock(std::string const& file) : db_(open(file), sqlite3_close) {
  sqlite3_busy_timeout(db_.get(), 10'000);
  if (sqlite3_exec(db_.get(), "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) != SQLITE_OK) {
    throw std::runtime_error(std::string("cannot lock the store: ") + sqlite3_errmsg(db_.get()));
  }
}

StoreLock::~StoreLock() { sqlite3_exec(db_.get(), "ROLLBACK", nullptr, nullptr, nullptr); }

}  // namespace torture
