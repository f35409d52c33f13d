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
  refuse_foreign_descriptors("info of");
  StoreInfo info;
  auto const add = [&](std::string name, std::string value) { info.facts.push_back({std::move(name), std::move(value)}); };
  add("file", location_.database);
  add("file_bytes", std::to_string(size_of(location_.database)));
  add("wal_bytes", std::to_string(size_of(location_.wal())));
  add("file_system", file_system_name(std::filesystem::path(location_.database).parent_path().string()));
  try {
    // What every write goes through, asked of the connection itself.
    std::unique_lock const held(writing_);
    add("schema", std::to_string(writer_->number("PRAGMA user_version")));
    add("journal_mode", writer_->word("PRAGMA journal_mode"));
    add("gathered_wal", writer_->gathers_wal() ? "on" : "off");
    add("synchronous", sync_name(writer_->number("PRAGMA synchronous")));
    add("sync_of_push", durability_ == Durability::full ? "fdatasync" : "none");
    add("page_size", std::to_string(writer_->number("PRAGMA page_size")));
    add("pages", std::to_string(writer_->number("PRAGMA page_count")));
    add("free_pages", std::to_string(writer_->number("PRAGMA freelist_count")));
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
