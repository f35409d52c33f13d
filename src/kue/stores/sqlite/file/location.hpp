#pragma once
// Location: the one absolute name of a database file, and the files beside it. Refuses places where SQLite cannot work.

#include <cstdint>
#include <string>

namespace kue::sqlite {

struct Location {
  std::string database;
  bool gathered_wal = true;  // how its connections write the WAL
  std::string wal() const { return database + "-wal"; }
  std::string wake_file() const { return database + "-wake"; }
};

// Symbolic links are followed, so that every process finds the same files beside it. Throws Error(invalid, not_found,
// refused).
Location locate(std::string const& path);

// What statfs(2) says of the folder; a test gives another.
using FileSystemType = long (*)(std::string const& folder);
long file_system_type(std::string const& folder);
std::string file_system_name(std::string const& folder);  // "ext4", of the mount that holds it; empty if not known
char const* network_file_system(long type);               // its name; null: a local one
void refuse_network_file_system(Location const& location, FileSystemType type = &file_system_type);

}  // namespace kue::sqlite
