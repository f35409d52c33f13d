#pragma once
// WalFile: makes what was committed survive a power cut.
//
// The commits themselves sync nothing (synchronous = NORMAL). The WAL is in commit order and its frames are checked in
// a chain, so one sync makes everything durable that any process committed before it began. What a checkpoint has
// copied meanwhile was synced by it,
// WAL and database. One thread at a time.

#include "kue/base/fd.hpp"

#include <string>

namespace kue::sqlite {

class WalFile {
 public:
  explicit WalFile(std::string path);  // of a database that is open: the file is there

  // Throws a Failure whose outcome is not known; once it has, always: the kernel reports a lost page once and then
  // treats it as clean, and all of the WAL behind a lost frame is lost with it.
  void sync();
  // So that a sync that follows has little left to do. Its errors are that one's to find.
  void begin_sync() noexcept { (void)sync_once(); }

  void abandon() noexcept { (void)file_.release(); }  // in a forked child

 private:
  int sync_once() noexcept;

  std::string const path_;
  // Open from the beginning: the kernel tells of a failed write each descriptor that was open then, and one that is
  // opened later perhaps not. Closing it drops no lock: SQLite has none on this file.
  Fd file_;
  int error_ = 0;
};

}  // namespace kue::sqlite
