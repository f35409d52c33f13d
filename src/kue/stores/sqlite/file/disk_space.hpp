#pragma once
// Disk space: what is kept free so that accepted jobs can be finished when the disk is full.
//
// Three reserves, because every commit writes the WAL first and a checkpoint copies it into the file later: the WAL is
// never cut below kWalBytes, the file always has kFileBytes beyond its end, and pushes stop while kFreeBytes are still
// free. So a full disk stops producers only: claims and finishes reuse the space that is already reserved.

#include "kue/stores/sqlite/file/connection.hpp"
#include "kue/stores/sqlite/file/location.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>

namespace kue::sqlite {

inline constexpr std::int64_t kWalBytes = 8 * 1024 * 1024;
inline constexpr std::int64_t kFileBytes = 4 * 1024 * 1024;
inline constexpr std::int64_t kFreeBytes = 4 * 1024 * 1024;
inline constexpr std::int64_t kFarFromFull = 256 * 1024 * 1024;

// Both do what they can: on a full disk, or a file system that cannot reserve, there is less ballast and no error.
void keep_wal_reserve(Location const& location);
void keep_file_reserve(Connection& connection, Location const& location);

// Asks the file system before pushes. While that is far from full an answer is good for a moment and for some small
// pushes: few enough that kFreeBytes covers them many times over, even if something else fills the disk. Any thread.
class DiskSpace {
 public:
  explicit DiskSpace(Location const& location) : location_(location) {}
  void refuse_when_full(std::int64_t bytes);  // that are to be written; throws Error(full)

 private:
  bool covered(std::int64_t bytes);

  Location const& location_;
  std::atomic<std::int64_t> covered_bytes_{0};  // may be written before it is asked again
  std::atomic<std::chrono::steady_clock::time_point> covered_until_{};
};

}  // namespace kue::sqlite
