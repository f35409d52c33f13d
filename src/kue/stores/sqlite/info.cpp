#include "kue/stores/sqlite/store.hpp"

#include <sqlite3.h>
#include <sys/stat.h>

#include <filesystem>

namespace kue::sqlite {
namespace {

std::int64_t size_of(std::string const& file) {
  struct stat status {};
  return ::stat(file.c_str(), &status) == 0 ? static_cast<std::int64_t>(status.st_size) : 0;
}

// PRAGMA synchronous answers with a number.
std::string sync_name(std::int64_t number) { return number == 2 ? "full" : number == 1 ? "normal" : number == 0 ? "off" : "extra"; }

}  // namespace

StoreInfo SqliteStore::info() {
  refuse_after_fork("info of");
  StoreInfo info;
  auto const add = [&](std::string name, std::string value) { info.facts.push_back({std::move(name), std::move(value)}); };
  add("file", location_.database);
  add("file_bytes", std::to_string(size_of(location_.database)));
  add("wal_bytes", std::to_string(size_of(location_.wal())));
  add("file_system", file_system_name(std::filesystem::path(location_.database).parent_path().string()));
  try {
    // What a push and what a claim goes through, asked of the connections themselves.
    std::unique_lock const held(writing_);
    Connection& durable = writer(Sync::full);
    Connection& quick = writer(Sync::normal);
    add("schema", std::to_string(durable.number("PRAGMA user_version")));
    add("journal_mode", durable.word("PRAGMA journal_mode"));
    add("synchronous_of_push", sync_name(durable.number("PRAGMA synchronous")));
    add("synchronous_of_claim", sync_name(quick.number("PRAGMA synchronous")));
    add("page_size", std::to_string(durable.number("PRAGMA page_size")));
    add("pages", std::to_string(durable.number("PRAGMA page_count")));
    add("free_pages", std::to_string(durable.number("PRAGMA freelist_count")));
  } catch (Failure const& failure) {
    throw to_error(failure, "info of", description());
  }
  add("durability", durability_ == Durability::full ? "full" : "process");
  add("event_log", event_log_ ? "on" : "off");
  add("wake_file", wake_.shared() ? location_.wake_file() : "none: sleepers look once a second");
  add("sqlite", sqlite3_libversion());
  return info;
}

}  // namespace kue::sqlite
