#include "kue/stores/sqlite/file/disk_space.hpp"

#include "kue/base/fd.hpp"

#include <kue/error.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <cstdlib>
#include <filesystem>

namespace kue::sqlite {
namespace {

constexpr int kStepBytes = 1024 * 1024;
constexpr std::int64_t kBytesUnasked = kFreeBytes / 16;
constexpr auto kMoment = std::chrono::milliseconds(100);
// What pruned jobs left inside the file is room too. Asked only when the disk is nearly full: a connection is dear.
std::int64_t free_inside(Location const& location) {
  Connection db(location);
  db.settle(Sync::normal);
  return db.number("PRAGMA freelist_count") * db.number("PRAGMA page_size");
}

// The one by which SQLite has the file open. One of our own would drop SQLite's locks when it is closed, and SQLite
// tells its own to nobody. -1: not found. If another thread closes it meanwhile and its number is another file's, that
// one gets some room that it does not need.
int open_descriptor_of(std::string const& file) {
  struct stat wanted {};
  if (::stat(file.c_str(), &wanted) != 0) return -1;
  std::error_code error;
  for (auto entry = std::filesystem::directory_iterator("/proc/self/fd", error);
       !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    int const number = std::atoi(entry->path().filename().c_str());
    struct stat found {};
    if (::fstat(number, &found) == 0 && found.st_dev == wanted.st_dev && found.st_ino == wanted.st_ino) return number;
  }
  return -1;
}

}  // namespace

void keep_wal_reserve(Location const& location) {
  // The database itself is never opened like this: closing it would drop every lock that SQLite holds on it in this
  // process. The
  // WAL carries none.
  Fd const wal(::open(location.wal().c_str(), O_RDWR | O_CLOEXEC));
  if (wal) (void)::fallocate(wal.get(), FALLOC_FL_KEEP_SIZE, 0, kWalBytes);
}

// SQLite's own way, a hint of the size, writes a byte into each block: a thousand system calls with the write lock
// held. It is for file systems that know no fallocate, and where /proc is missing.
void keep_file_reserve(Connection& connection, Location const& location) {
  std::int64_t const pages = connection.number("PRAGMA page_count") * connection.number("PRAGMA page_size");
  std::int64_t bytes = pages + kFileBytes;
  struct stat file {};
  int const descriptor = open_descriptor_of(location.database);
  // From its end: pages that are in the WAL only have no room in the file yet.
  if (descriptor >= 0 && ::fstat(descriptor, &file) == 0 &&
      (file.st_size >= bytes ||
       ::fallocate(descriptor, FALLOC_FL_KEEP_SIZE, file.st_size, bytes - file.st_size) == 0)) {
    return;
  }
  int step = kStepBytes;  // without steps a hint does nothing
  sqlite3_file_control(connection.handle(), "main", SQLITE_FCNTL_CHUNK_SIZE, &step);
  sqlite3_file_control(connection.handle(), "main", SQLITE_FCNTL_SIZE_HINT, &bytes);
}

bool DiskSpace::covered(std::int64_t bytes) {
  return std::chrono::steady_clock::now() < covered_until_.load(std::memory_order_relaxed) &&
         covered_bytes_.fetch_sub(bytes, std::memory_order_relaxed) >= bytes;
}

void DiskSpace::refuse_when_full(std::int64_t bytes) {
  std::int64_t const written = 2 * bytes;  // once in the WAL, once in the file
  if (covered(written)) return;
  struct statvfs info {};
  if (::statvfs(location_.database.c_str(), &info) != 0) return;  // then the write itself will tell
  auto const available = static_cast<std::int64_t>(info.f_bavail) * static_cast<std::int64_t>(info.f_frsize);
  std::int64_t const needed = kFreeBytes + written;
  covered_bytes_.store(available >= needed + kFarFromFull ? kBytesUnasked : 0, std::memory_order_relaxed);
  covered_until_.store(std::chrono::steady_clock::now() + kMoment, std::memory_order_relaxed);
  if (available >= needed || available + free_inside(location_) >= needed + kFreeBytes) return;
  throw Error(
      ErrorKind::full,
      fmt::format(
          "its file system has {} kB free, and {} kB are needed to store the jobs and to finish those that are there. "
          "Nothing that was accepted is lost; free some space and push again",
          available / 1024, needed / 1024));
}

}  // namespace kue::sqlite
