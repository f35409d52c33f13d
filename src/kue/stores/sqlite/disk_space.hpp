#pragma once
// Disk space: what is kept free so that accepted jobs can be finished when the disk is full.
//
// Three reserves, because every commit writes the WAL first and a checkpoint copies it into the file later: the WAL is never cut
// below kWalBytes, the file always has kFileBytes beyond its end, and pushes stop while kFreeBytes are still free. So a full disk
// stops producers only: claims and finishes turn in the space that is there.

#include "kue/stores/sqlite/connection.hpp"
#include "kue/stores/sqlite/location.hpp"

#include <kue/store.hpp>

#include <cstdint>
#include <span>

namespace kue::sqlite {

inline constexpr std::int64_t kWalBytes = 8 * 1024 * 1024;
inline constexpr std::int64_t kFileBytes = 4 * 1024 * 1024;
inline constexpr std::int64_t kFreeBytes = 4 * 1024 * 1024;

// Both do what they can: on a full disk, or a file system that cannot reserve, there is less ballast and no error.
void keep_wal_reserve(Location const& location);
void keep_file_reserve(Connection& connection, Location const& location);

void refuse_push_on_full_disk(Location const& location, std::span<Envelope const> jobs);  // throws Error(full)

}  // namespace kue::sqlite
