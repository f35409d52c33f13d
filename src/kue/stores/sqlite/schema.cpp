#include "kue/stores/sqlite/schema.hpp"

#include "kue/stores/sqlite/access.hpp"
#include "kue/stores/sqlite/disk_space.hpp"
#include "kue/stores/sqlite/failure.hpp"
#include "kue/stores/sqlite/sqlite_store.hpp"
#include "kue/stores/sqlite/transaction.hpp"

#include <kue/error.hpp>

#include <fmt/format.h>
#include <sqlite3.h>
#include <migration_texts.hpp>

#include <chrono>
#include <filesystem>
#include <thread>

namespace kue::sqlite {
namespace {

using namespace std::chrono_literals;

[[noreturn]] void refuse(Location const& location, std::string const& why) {
  throw Error(ErrorKind::refused, fmt::format("sqlite:{} {}", location.database, why));
}

// Reads only. True: nothing in the file yet.
bool look(Connection& connection, Location const& location) {
  auto const application = connection.number("PRAGMA application_id");
  auto const version = connection.number("PRAGMA user_version");
  if (application == kApplicationId) {
    if (version > newest_schema()) {
      refuse(location, fmt::format("has schema {} and this program knows up to {}: a newer program has updated it. Update this program too, "
                                   "or name another file; nothing was changed",
                                   version, newest_schema()));
    }
    return false;
  }
  bool const empty = application == 0 && connection.number("SELECT count(*) FROM sqlite_schema") == 0;
  if (!empty) {
    refuse(location, "is an SQLite database of another program; nothing was changed. Name another file for the queue");
  }
  return true;
}

// Its questions belong together: between two of them another process may make the file ours, and it would look like a stranger's.
bool look_at_one_moment(Connection& connection, Location const& location) {
  Snapshot const snapshot(connection);
  return look(connection, location);
}

// SQLite does not call the busy handler for this one, and two processes may open first at the same time.
void use_wal(Connection& connection, Location const& location) {
  auto const give_up_at = std::chrono::steady_clock::now() + 10s;
  for (;;) {
    try {
      std::string const mode = connection.word("PRAGMA journal_mode = WAL");
      if (mode == "wal") return;
      refuse(location, fmt::format("cannot be switched to write-ahead logging (it stays in mode '{}'): the file system allows no shared memory; "
                                   "put the file on a local disk",
                                   mode));
    } catch (Failure const& failure) {
      if (failure.primary() != SQLITE_BUSY || std::chrono::steady_clock::now() >= give_up_at) throw;
    }
    std::this_thread::sleep_for(1ms);
  }
}

void migrate(Connection& connection, Location const& location) {
  connection.run("BEGIN IMMEDIATE");
  try {
    look(connection, location);  // again: another process may have been first
    auto const version = static_cast<int>(connection.number("PRAGMA user_version"));
    for (int next = version; next < newest_schema(); ++next) connection.run(text(static_cast<Migration>(next)));
    connection.run(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}; COMMIT", kApplicationId, newest_schema()));
  } catch (...) {
    sqlite3_exec(connection.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
    throw;
  }
}

Error opening_error(Failure const& failure, Location const& location) {
  std::string const name = "sqlite:" + location.database;
  if (failure.primary() == SQLITE_NOTADB) {
    return Error(ErrorKind::corrupt, fmt::format("{} is not an SQLite database (its first bytes are something else); nothing was changed. Name another "
                                                 "file, or restore this one from a backup",
                                                 name));
  }
  bool const perhaps_rights = failure.primary() == SQLITE_CANTOPEN || failure.primary() == SQLITE_PERM || failure.primary() == SQLITE_READONLY;
  std::string const why = perhaps_rights ? denial(location) : std::string();
  if (!why.empty()) return Error(ErrorKind::unavailable, fmt::format("{} cannot be written: {}", name, why));
  return to_error(failure, "opening", name);
}

void prepare(Connection& connection, Location const& location) {
  bool const empty = look_at_one_moment(connection, location);
  if (connection.read_only()) {
    std::string const why = denial(location);
    throw Error(ErrorKind::unavailable, fmt::format("sqlite:{} cannot be written: {}", location.database,
                                                    why.empty() ? "the file or its folder is read-only; give this process the right to write both" : why));
  }
  if (empty || connection.word("PRAGMA journal_mode") != "wal") use_wal(connection, location);
  connection.settle(Sync::full);  // the schema itself is always durable
  if (empty || connection.number("PRAGMA user_version") < newest_schema()) migrate(connection, location);
  connection.settle(Sync::normal);
  keep_wal_reserve(location);
  keep_file_reserve(connection, location);
}

}  // namespace

// Read-only, and closed at once: a process must not hold such a descriptor for long beside a store of its own.
StoreSchema schema_of(std::string const& path) {
  Location const location = locate(path);
  std::string const folder = std::filesystem::path(location.database).parent_path().string();
  StoreSchema schema{.newest = newest_schema(), .file = location.database, .file_system = file_system_name(folder)};
  schema.network = network_file_system(file_system_type(folder)) != nullptr;
  std::error_code ignored;
  schema.exists = std::filesystem::exists(location.database, ignored);
  if (!schema.exists || schema.network) return schema;
  try {
    Connection connection(location, Connection::Mode::look);
    if (!look_at_one_moment(connection, location)) schema.version = static_cast<int>(connection.number("PRAGMA user_version"));
  } catch (Failure const& failure) {
    throw opening_error(failure, location);
  }
  return schema;
}

int newest_schema() { return static_cast<int>(kMigrationCount); }

std::unique_ptr<Connection> open_file(Location const& location) {
  try {
    auto connection = std::make_unique<Connection>(location);
    prepare(*connection, location);
    return connection;
  } catch (Failure const& failure) {
    throw opening_error(failure, location);
  }
}

}  // namespace kue::sqlite
