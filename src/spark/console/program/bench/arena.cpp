#include "spark/console/program/bench/arena.hpp"

#include <kue/error.hpp>

#include <fmt/format.h>

#include <sys/vfs.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <vector>

namespace spark::bench {
namespace {

struct Known {
  unsigned long type;
  char const* name;
};
constexpr Known kKnown[] = {{0xef53, "ext4"},          {0x58465342, "xfs"}, {0x9123683e, "btrfs"}, {0x01021994, "tmpfs"}, {0x858458f6, "ramfs"},
                            {0x794c7630, "overlayfs"}, {0x2fc12fc1, "zfs"}, {0x6969, "nfs"},       {0xff534d42, "cifs"}};

}  // namespace

std::string file_system_of(std::string const& folder, bool allow_tmpfs) {
  struct statfs status {};
  if (::statfs(folder.c_str(), &status) != 0) {
    throw kue::Error(kue::ErrorKind::not_found, fmt::format("cannot look at the folder {}: {}", folder, std::strerror(errno)));
  }
  std::string name = fmt::format("type {:#x}", static_cast<unsigned long>(status.f_type));
  for (Known const& one : kKnown) {
    if (one.type == static_cast<unsigned long>(status.f_type)) name = one.name;
  }
  if ((name == "tmpfs" || name == "ramfs") && !allow_tmpfs) {
    throw kue::Error(kue::ErrorKind::refused, fmt::format("{} is on {}, which is memory and not a disk: its figures say nothing about jobs that survive. "
                                                          "Choose another folder with --store sqlite:PATH, or say --allow-tmpfs",
                                                          folder, name));
  }
  return name;
}

Arena::Arena(Setting const& setting, std::string const& work, std::uint64_t jobs)
    : database_(setting.store_path + "-" + work), board_path_(database_ + "-board"), log_file_(database_ + "-log"), durability_(setting.durability) {
  for (std::string const& file : {database_, board_path_, log_file_}) {
    if (std::filesystem::exists(file)) {
      throw kue::Error(kue::ErrorKind::refused, file + " is there already, perhaps of a benchmark that was cut off; remove it, or choose another --store");
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
    if (name == own || name.rfind(own + "-", 0) == 0) made.push_back(file.path());
  }
  for (auto const& file : made) std::filesystem::remove(file, ignored);
}

}  // namespace spark::bench
