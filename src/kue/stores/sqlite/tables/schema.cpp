#include "kue/stores/sqlite/tables/schema.hpp"

#include "kue/stores/sqlite/file/write_lock.hpp"

#include <kue/error.hpp>

#include <fmt/format.h>
#include <migration_texts.hpp>
#include <sql_texts.hpp>

namespace kue::sqlite {

Schema const& Schema::instance() {
  static Schema const schema;
  return schema;
}

int Schema::newest() const { return static_cast<int>(kMigrationCount); }

Format::Found Schema::look(Connection& connection) const {
  auto const application = connection.number("PRAGMA application_id");
  auto const version = static_cast<int>(connection.number("PRAGMA user_version"));
  if (application == kApplicationId) {
    if (version <= newest()) return {.version = version};
    return {.version = version,
            .refused = fmt::format("it has schema {} and this program knows up to {}: a newer program has updated it. "
                                   "Update this program too, or name another "
                                   "file; nothing was changed",
                                   version, newest())};
  }
  if (application == 0 && connection.number("SELECT count(*) FROM sqlite_schema") == 0) return {};
  return {
      .version = 0,
      .refused = "it is an SQLite database of another program; nothing was changed. Name another file for the queue"};
}

void Schema::migrate(Connection& connection) const {
  WriteLock lock(connection);
  Found const is = look(connection);  // again: another process may have been first
  if (!is.refused.empty()) throw Error(ErrorKind::refused, is.refused);
  for (int next = is.version; next < newest(); ++next) connection.run(text(static_cast<Migration>(next)));
  connection.run(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}", kApplicationId, newest()));
  lock.commit();
}

void Schema::touch(Connection& connection) const { connection.execute(Sql::touch); }

}  // namespace kue::sqlite
