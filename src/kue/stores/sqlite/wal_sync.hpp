#pragma once
// WalSync: makes what was committed survive a power cut, one fdatasync of the WAL for all that wait for one.
//
//   auto const number = wal.committed();   // after the commit, which itself has synced nothing
//   ... locks are given back: others claim and commit while the disk works ...
//   wal.wait_for(number);                  // throws a Failure whose outcome is not known
//
// Threads: any. The WAL is in commit order and its frames are checked in a chain, so a sync makes everything before it durable, too,
// of other processes as well. What a checkpoint has copied meanwhile was synced by it, WAL and file (synchronous = NORMAL).

#include "kue/base/fd.hpp"

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>

namespace kue::sqlite {

class WalSync {
 public:
  using Call = int (*)(int descriptor);  // a test gives another than fdatasync
  explicit WalSync(std::string wal_file, Call call = nullptr);

  std::uint64_t committed();
  void wait_for(std::uint64_t number);

  void abandon() noexcept { (void)file_.release(); }  // in a forked child

  int calls() const { return calls_; }  // how often the disk was asked

 private:
  void sync(std::unique_lock<std::mutex>& held);
  int sync_file();

  std::string const wal_file_;
  Call const call_;
  Fd file_;  // opened by the first sync. Closing it drops no lock: SQLite has none on this file

  std::mutex mutex_;
  std::condition_variable synced_one_;
  bool syncing_ = false;
  int calls_ = 0;
  std::uint64_t committed_ = 0, synced_ = 0;
  // Stays once a sync has failed: the kernel tells of a lost page once and holds it for clean from then on, and what comes after a
  // lost frame in the WAL is lost with it. So no later sync can promise anything.
  int error_ = 0;
};

}  // namespace kue::sqlite
