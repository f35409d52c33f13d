#include "kue/stores/sqlite/file/gathered_wal.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <new>
#include <utility>

namespace kue::sqlite {
namespace {

constexpr int kHeadBytes = 24,
              kPageBytes = 4096;                           // for our files; other page sizes work too, with more calls
constexpr int kMostHeld = 16 * (kHeadBytes + kPageBytes);  // more saves little, and costs each connection memory

sqlite3_vfs* system_vfs() {
  static sqlite3_vfs* const vfs = ::sqlite3_vfs_find(nullptr);
  return vfs;
}

// What SQLite knows as its file of the WAL; the system's stands right behind it in memory.
class GatheredWal : public sqlite3_file {
 public:
  static GatheredWal& of(sqlite3_file* file) { return *static_cast<GatheredWal*>(file); }
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }

  int write(void const* bytes, int size, sqlite3_int64 offset) {
    bool const is_page = std::exchange(head_came_, false) && offset == end_;
    bool const is_head = !is_page && size == kHeadBytes;
    if (is_head && held_ > 0 && offset != end_)
      held_ = 0;  // of a commit that failed: its place may be another's by now
    if (is_head && held_ + kHeadBytes + kPageBytes > kMostHeld) {
      if (int const sent = send(); sent != SQLITE_OK) return sent;
    }
    if ((is_page || is_head) && hold(bytes, size, offset)) {
      if (is_page && commit_ends_) return send();
      if (is_head) head_came(static_cast<std::byte const*>(bytes));
      return SQLITE_OK;
    }
    if (int const sent = send(); sent != SQLITE_OK) return sent;
    return real()->pMethods->xWrite(real(), bytes, size, offset);
  }

  int send() {
    head_came_ = false;
    int const size = std::exchange(held_, 0);
    return size == 0 ? SQLITE_OK : real()->pMethods->xWrite(real(), room_.get(), size, end_ - size);
  }

 private:
  bool hold(void const* bytes, int size, sqlite3_int64 offset) {
    if (!room_) room_.reset(new (std::nothrow) std::byte[kMostHeld]);
    if (!room_ || held_ + size > kMostHeld) return false;
    std::copy_n(static_cast<std::byte const*>(bytes), size, room_.get() + held_);
    held_ += size;
    end_ = offset + size;
    return true;
  }

  // Bytes 4 to 7: how many pages the database has after the commit that ends with this frame; 0: it does not end here.
  void head_came(std::byte const* head) {
    head_came_ = true;
    commit_ends_ = std::any_of(head + 4, head + 8, [](std::byte each) { return each != std::byte(0); });
  }

  std::unique_ptr<std::byte[]> room_;
  int held_ = 0;
  sqlite3_int64 end_ = 0;
  bool head_came_ = false, commit_ends_ = false;
};

// The system's method, after what is held.
template <auto Method, class... A> int pass(sqlite3_file* file, A... arguments) {
  GatheredWal& wal = GatheredWal::of(file);
  if (int const sent = wal.send(); sent != SQLITE_OK) return sent;
  return (wal.real()->pMethods->*Method)(wal.real(), arguments...);
}

int close(sqlite3_file* file) {
  GatheredWal& wal = GatheredWal::of(file);
  int const closed = wal.real()->pMethods->xClose(wal.real());
  wal.~GatheredWal();
  return closed;
}

sqlite3_io_methods const kMethods{
    .iVersion = 1,
    .xClose = close,
    .xRead = pass<&sqlite3_io_methods::xRead, void*, int, sqlite3_int64>,
    .xWrite = [](sqlite3_file* file, void const* bytes, int size,
                 sqlite3_int64 offset) { return GatheredWal::of(file).write(bytes, size, offset); },
    .xTruncate = pass<&sqlite3_io_methods::xTruncate, sqlite3_int64>,
    .xSync = pass<&sqlite3_io_methods::xSync, int>,
    .xFileSize = pass<&sqlite3_io_methods::xFileSize, sqlite3_int64*>,
    .xLock = pass<&sqlite3_io_methods::xLock, int>,
    .xUnlock = pass<&sqlite3_io_methods::xUnlock, int>,
    .xCheckReservedLock = pass<&sqlite3_io_methods::xCheckReservedLock, int*>,
    .xFileControl = pass<&sqlite3_io_methods::xFileControl, int, void*>,
    .xSectorSize = pass<&sqlite3_io_methods::xSectorSize>,
    .xDeviceCharacteristics = pass<&sqlite3_io_methods::xDeviceCharacteristics>,
    // of version 2 and 3: memory shared through the file, which SQLite does through the database's
    .xShmMap = nullptr,
    .xShmLock = nullptr,
    .xShmBarrier = nullptr,
    .xShmUnmap = nullptr,
    .xFetch = nullptr,
    .xUnfetch = nullptr};

int open(sqlite3_vfs*, char const* path, sqlite3_file* file, int flags, int* flags_out) {
  if ((flags & SQLITE_OPEN_WAL) == 0) return system_vfs()->xOpen(system_vfs(), path, file, flags, flags_out);
  file->pMethods = nullptr;  // as long as it is, SQLite does not close it
  auto* const wal = new (file) GatheredWal;
  int const opened = system_vfs()->xOpen(system_vfs(), path, wal->real(), flags, flags_out);
  wal->pMethods = opened == SQLITE_OK ? &kMethods : nullptr;
  return opened;
}

char const* add_vfs() {
  static constexpr char const* kName = "kue-gathered-wal";
  if (system_vfs() == nullptr) return nullptr;
  static sqlite3_vfs vfs = *system_vfs();
  vfs.szOsFile += static_cast<int>(sizeof(GatheredWal));
  vfs.zName = kName;
  vfs.xOpen = open;
  return ::sqlite3_vfs_register(&vfs, 0) == SQLITE_OK ? kName : nullptr;
}

}  // namespace

char const* gathered_wal_vfs() noexcept {
  static char const* const name = add_vfs();
  return name;
}

}  // namespace kue::sqlite
