#include "kue/stores/sqlite/file/batch_table.hpp"

#include <sqlite3.h>

#include <new>
#include <string>
#include <utility>

namespace kue::sqlite {
namespace {

struct Table : sqlite3_vtab {
  BatchTable* batch = nullptr;
};

struct Cursor : sqlite3_vtab_cursor {
  BatchTable::Rows const* rows = nullptr;
  std::size_t row = 0;
};

int connect(sqlite3* database, void* batch, int, char const* const*, sqlite3_vtab** made, char**) {
  std::string columns = "v1";
  for (int column = 2; column <= BatchTable::kColumns; ++column) columns += ", v" + std::to_string(column);
  int const code = sqlite3_declare_vtab(database, ("CREATE TABLE kue_batch (" + columns + ")").c_str());
  if (code != SQLITE_OK) return code;
  auto* const table = new (std::nothrow) Table();
  if (table == nullptr) return SQLITE_NOMEM;
  table->batch = static_cast<BatchTable*>(batch);
  *made = table;
  return SQLITE_OK;
}

int disconnect(sqlite3_vtab* table) {
  delete static_cast<Table*>(table);
  return SQLITE_OK;
}

// Small beside every other table, and read from its beginning: so it is the outer loop of a join.
int best_index(sqlite3_vtab*, sqlite3_index_info* plan) {
  plan->estimatedCost = 1;
  plan->estimatedRows = 10;
  return SQLITE_OK;
}

int open(sqlite3_vtab*, sqlite3_vtab_cursor** made) {
  *made = new (std::nothrow) Cursor();
  return *made == nullptr ? SQLITE_NOMEM : SQLITE_OK;
}

int close(sqlite3_vtab_cursor* cursor) {
  delete static_cast<Cursor*>(cursor);
  return SQLITE_OK;
}

int filter(sqlite3_vtab_cursor* base, int, char const*, int, sqlite3_value**) {
  auto& cursor = *static_cast<Cursor*>(base);
  cursor.rows = static_cast<Table*>(cursor.pVtab)->batch->borrow();
  cursor.row = 0;
  return cursor.rows == nullptr ? SQLITE_MISUSE : SQLITE_OK;
}

int next(sqlite3_vtab_cursor* cursor) {
  ++static_cast<Cursor*>(cursor)->row;
  return SQLITE_OK;
}

int at_end(sqlite3_vtab_cursor* base) {
  auto const& cursor = *static_cast<Cursor*>(base);
  return cursor.row >= cursor.rows->size() ? 1 : 0;
}

int column(sqlite3_vtab_cursor* base, sqlite3_context* context, int index) {
  auto const& cursor = *static_cast<Cursor*>(base);
  BatchTable::Value value(context);
  cursor.rows->value(cursor.row, index + 1, value);
  return SQLITE_OK;
}

int rowid(sqlite3_vtab_cursor* cursor, sqlite3_int64* id) {
  *id = static_cast<sqlite3_int64>(static_cast<Cursor*>(cursor)->row);
  return SQLITE_OK;
}

// No xCreate: the table is there by its name alone, in no schema.
sqlite3_module made_module() {
  sqlite3_module module{};
  module.xConnect = connect;
  module.xBestIndex = best_index;
  module.xDisconnect = disconnect;
  module.xOpen = open;
  module.xClose = close;
  module.xFilter = filter;
  module.xNext = next;
  module.xEof = at_end;
  module.xColumn = column;
  module.xRowid = rowid;
  return module;
}

}  // namespace

int BatchTable::add_to(sqlite3* database) {
  static sqlite3_module const module = made_module();
  return sqlite3_create_module_v2(database, "kue_batch", &module, this, nullptr);
}

void BatchTable::remove_from(sqlite3* database) {
  sqlite3_create_module_v2(database, "kue_batch", nullptr, nullptr, nullptr);
}

BatchTable::Rows const* BatchTable::borrow() { return std::exchange(lent_, nullptr); }

void BatchTable::Value::set_integer(std::int64_t value) { sqlite3_result_int64(context_, value); }
void BatchTable::Value::set(std::string_view text) {
  sqlite3_result_text64(context_, text.data() ? text.data() : "", text.size(), SQLITE_STATIC, SQLITE_UTF8);
}
void BatchTable::Value::set(JobId const& id) {
  sqlite3_result_blob(context_, id.bytes().data(), static_cast<int>(id.bytes().size()), SQLITE_STATIC);
}
void BatchTable::Value::set(std::nullopt_t) { sqlite3_result_null(context_); }

}  // namespace kue::sqlite
