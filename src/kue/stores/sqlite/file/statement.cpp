#include "kue/stores/sqlite/file/statement.hpp"

#include "kue/stores/sqlite/file/failure.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <utility>

namespace kue::sqlite {

Statement::Statement(sqlite3* database, std::string_view sql) {
  int const code = sqlite3_prepare_v3(database, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                      &handle_, nullptr);
  if (code != SQLITE_OK) fail(database, code);
}

Statement::Statement(Statement&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}

Statement& Statement::operator=(Statement&& other) noexcept {
  std::swap(handle_, other.handle_);
  return *this;
}

Statement::~Statement() { sqlite3_finalize(handle_); }

Use::~Use() {
  sqlite3_reset(handle_);
  // The bound texts belong to the caller and may be gone before the next use.
  sqlite3_clear_bindings(handle_);
}

void Use::check(int code) const {
  if (code != SQLITE_OK) fail(sqlite3_db_handle(handle_), code);
}

void Use::bind_integer(int at, std::int64_t value) { check(sqlite3_bind_int64(handle_, at, value)); }

void Use::bind(int at, std::string_view text) {
  // A null pointer would bind NULL, and an empty view may have one.
  char const* const data = text.data() ? text.data() : "";
  check(sqlite3_bind_text64(handle_, at, data, text.size(), SQLITE_STATIC, SQLITE_UTF8));
}

void Use::bind(int at, JobId const& id) {
  check(sqlite3_bind_blob(handle_, at, id.bytes().data(), static_cast<int>(id.bytes().size()), SQLITE_STATIC));
}

void Use::bind(int at, std::nullopt_t) { check(sqlite3_bind_null(handle_, at)); }

bool Use::step() {
  int const code = sqlite3_step(handle_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  fail(sqlite3_db_handle(handle_), code);
}

bool Use::null(int column) const { return sqlite3_column_type(handle_, column) == SQLITE_NULL; }
std::int64_t Use::integer(int column) const { return sqlite3_column_int64(handle_, column); }

std::string_view Use::text(int column) const {
  auto const* const data = reinterpret_cast<char const*>(sqlite3_column_text(handle_, column));
  if (!data) return {};
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
}

std::optional<TimePoint> Use::maybe_time(int column) const {
  if (null(column)) return std::nullopt;
  return time(column);
}

JobId Use::id(int column) const {
  if (!is_id(column)) return {};
  std::array<std::uint8_t, 16> bytes{};
  auto const* const data = static_cast<std::uint8_t const*>(sqlite3_column_blob(handle_, column));
  std::copy_n(data, bytes.size(), bytes.begin());
  return JobId(bytes);
}

bool Use::is_integer(int column) const { return sqlite3_column_type(handle_, column) == SQLITE_INTEGER; }
bool Use::is_text(int column) const { return sqlite3_column_type(handle_, column) == SQLITE_TEXT; }
bool Use::is_id(int column) const {
  return sqlite3_column_type(handle_, column) == SQLITE_BLOB && sqlite3_column_bytes(handle_, column) == 16;
}

}  // namespace kue::sqlite
