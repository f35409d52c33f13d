#pragma once
// The store `sqlite:PATH`: jobs in one file on a local disk, shared by any number of processes of this machine.

#include <kue/store.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace kue::sqlite {

// What the parameters of a store's URL say (docs/guide/configuration.md).
struct FileOptions {
  bool gathered_wal = true;  // gathered_wal.hpp
};

// Makes or updates the file. Throws Error(invalid, not_found, refused, corrupt, unavailable) with what to do.
std::unique_ptr<Store> open(std::string const& path, StoreOptions const& options = {}, FileOptions const& file = {});

// Makes and changes nothing. Throws Error(refused, corrupt) for a file that is not ours.
StoreSchema schema_of(std::string const& path);

// The file whose flock says that a node lives: beside the database.
std::string node_lock_file(std::string const& path, std::uint64_t node);

}  // namespace kue::sqlite
