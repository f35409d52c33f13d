#include "spark/console/program/bench/arena.hpp"

#include <kue/error.hpp>
#include <kue/store.hpp>

#include <fmt/format.h>

#include <filesystem>
#include <vector>

namespace spark::bench {

std::string file_system_of(std::string const& store_path, bool allow_tmpfs) {
  std::string const folder = std::filesystem::path(store_path).parent_path().string();
  if (!std::filesystem::is_directory(folder))
    throw kue::Error(kue::ErrorKind::not_found, folder + " is no folder\nhint: make it, or choose another --store");
  std::string name;
  for (kue::StoreFact const& fact : kue::open_store("sqlite:" + store_path, {.migrate = false})->schema().facts) {
    if (fact.name == "file_system") name = fact.value;
  }
  if ((name == "tmpfs" || name == "ramfs") && !allow_tmpfs) {
    throw kue::Error(
        kue::ErrorKind::refused,
        fmt::format("{} is on {}, which is memory and not a disk: its figures say nothing about jobs that survive\n"
                    "hint: choose a folder of a disk with --store sqlite:PATH, or say --allow-tmpfs",
                    folder, name));
  }
  return name;
}

Arena::Arena(Setting const& setting, std::string const& work, std::uint64_t jobs)
    : database_(setting.store_path + "-" + work),
      board_path_(database_ + "-board"),
      log_file_(database_ + "-log"),
      durability_(setting.durability) {
  for (std::string const& file : {database_, board_path_, log_file_}) {
    if (std::filesystem::exists(file)) {
      throw kue::Error(
          kue::ErrorKind::refused,
          file +
              " is there already, perhaps of a benchmark that was cut off\nhint: remove it, or choose another --store");
    }
  }
  Board::make(board_path_, jobs);
  board_ = std::make_unique<Board>(board_path_);
}

// Everything that the store made beside its database: -wal, -shm, -wake, -node-...
Arena::~Arena() {
  std::error_code ignored;
  std::filesystem::path const database(database_);
  std::vector<std::filesystem::path> made;
  for (auto const& file : std::filesystem::directory_iterator(database.parent_path(), ignored)) {
    std::string const name = file.path().filename().string(), own = database.filename().string();
    if (name == own || name.starts_with(own + "-")) made.push_back(file.path());
  }
  for (auto const& file : made) std::filesystem::remove(file, ignored);
}

}  // namespace spark::bench
