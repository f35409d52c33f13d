#include "kue/stores/sqlite/verbs/store.hpp"

#include "kue/stores/sqlite/tables/schema.hpp"
#include "kue/stores/sqlite/verbs/sqlite_url.hpp"

#include <kue/error.hpp>

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <filesystem>
#include <string_view>

namespace kue::sqlite {
namespace {

bool in_memory(std::string const& file_system) { return file_system == "tmpfs" || file_system == "ramfs"; }

}  // namespace

StoreDriver driver() {
  return {.scheme = "sqlite",
          .example = "sqlite:PATH",
          .version = std::string("SQLite ") + sqlite3_libversion(),
          .open = [](std::string const& url, StoreOptions const& options) {
            SqliteUrl const parsed = parse_sqlite_url(url);
            return open(parsed.path, options, parsed.options);
          }};
}

std::unique_ptr<Store> open(std::string const& path, StoreOptions const& options, FileOptions const& file) {
  Location location = locate(path);
  location.gathered_wal = file.gathered_wal;
  return std::make_unique<SqliteStore>(std::move(location),
                                       Database::Rules{.power = options.durability == Durability::full}, options);
}

SqliteStore::SqliteStore(Location location, Database::Rules rules, StoreOptions const& options)
    : clock_(options.clock ? *options.clock : Clock::system()),
      event_log_(options.event_log),
      file_(std::move(location), rules, Schema::instance(), [this](auto const& members) { push_group(members); }) {}

TimePoint SqliteStore::now() {
  std::int64_t const seen = clock_.now().time_since_epoch().count();
  std::int64_t last = last_now_.load();
  while (seen > last && !last_now_.compare_exchange_weak(last, seen)) {}
  return TimePoint(Millis(std::max(seen, last)));
}

StoreSchema SqliteStore::schema() {
  std::string const folder = std::filesystem::path(file_.location().database).parent_path().string();
  StoreSchema schema{.newest = Schema::instance().newest(), .place = file_.location().database};
  schema.facts = {{"file_system", file_system_name(folder)}};
  schema.refused_because = file_.obstacle();
  if (!schema.refused_because.empty()) return schema;
  Database::Found const found = file_.found();
  schema.exists = found.exists;
  schema.version = found.version;
  schema.refused_because = found.refused;
  return schema;
}

void SqliteStore::migrate() { file_.migrate(); }

StoreCapabilities SqliteStore::capabilities() const {
  bool const disk =
      !in_memory(file_system_name(std::filesystem::path(file_.location().database).parent_path().string()));
  // A commit of what is in progress is in the log and not synced; what was accepted is, unless the store is not to.
  return {.across_processes = true,
          .one_host = true,
          .events = event_log_,
          .transactions = true,
          .accepted = {.process = true, .server = true, .power = disk && file_.rules().power},
          .in_progress = {.process = true, .server = true}};
}

std::string SqliteStore::description() const { return "sqlite:" + file_.location().database; }

}  // namespace kue::sqlite
