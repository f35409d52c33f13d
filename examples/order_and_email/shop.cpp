#include "shop.hpp"

#include <memory>
#include <stdexcept>
#include <variant>
#include <vector>

namespace {

using Value = std::variant<std::int64_t, std::string>;

// Runs one statement; the first column of its first row as text.
std::string run(sqlite3* database, char const* sql, std::vector<Value> const& values = {}) {
  sqlite3_stmt* prepared = nullptr;
  if (sqlite3_prepare_v2(database, sql, -1, &prepared, nullptr) != SQLITE_OK)
    throw std::runtime_error(sqlite3_errmsg(database));
  std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> const statement(prepared, &sqlite3_finalize);
  int place = 0;
  for (Value const& value : values) {
    ++place;
    if (auto const* const number = std::get_if<std::int64_t>(&value))
      sqlite3_bind_int64(prepared, place, *number);
    else
      sqlite3_bind_text(prepared, place, std::get<std::string>(value).c_str(), -1, SQLITE_TRANSIENT);
  }
  int const code = sqlite3_step(prepared);
  if (code != SQLITE_ROW && code != SQLITE_DONE) throw std::runtime_error(sqlite3_errmsg(database));
  auto const* const text = code == SQLITE_ROW ? sqlite3_column_text(prepared, 0) : nullptr;
  return text != nullptr ? reinterpret_cast<char const*>(text) : "";
}

}  // namespace

Shop::Shop(std::string const& store) {
  std::string const scheme = "sqlite:";
  if (!store.starts_with(scheme))
    throw std::runtime_error("orders and jobs are committed together, so both have to be in an SQLite file");
  if (sqlite3_open(store.c_str() + scheme.size(), &database_) != SQLITE_OK)
    throw std::runtime_error(sqlite3_errmsg(database_));
  sqlite3_busy_timeout(database_, 10'000);
  sqlite3_wal_autocheckpoint(database_, 0);  // the store copies the log back itself
  run(database_, "CREATE TABLE IF NOT EXISTS orders (id INTEGER PRIMARY KEY, customer TEXT NOT NULL)");
  run(database_, "CREATE TABLE IF NOT EXISTS sent_emails (order_id INTEGER NOT NULL, key TEXT NOT NULL)");
}

Shop::~Shop() { sqlite3_close(database_); }

std::int64_t Shop::add_order(std::string const& customer) {
  run(database_, "INSERT INTO orders (customer) VALUES (?)", {customer});
  return sqlite3_last_insert_rowid(database_);
}

std::string Shop::customer_of(std::int64_t order) {
  return run(database_, "SELECT customer FROM orders WHERE id = ?", {order});
}

void Shop::note_email(std::int64_t order, std::string const& key) {
  run(database_, "INSERT INTO sent_emails (order_id, key) VALUES (?, ?)", {order, key});
}
