#include "kue/stores/sqlite/wal_sync.hpp"

#include "kue/stores/sqlite/failure.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace kue::sqlite {

WalSync::WalSync(std::string wal_file, Call call) : wal_file_(std::move(wal_file)), call_(call ? call : &::fdatasync) {}

std::uint64_t WalSync::committed() {
  std::unique_lock const held(mutex_);
  return ++committed_;
}

void WalSync::wait_for(std::uint64_t number) {
  std::unique_lock held(mutex_);
  while (synced_ < number && error_ == 0) {
    if (syncing_)
      synced_one_.wait(held);  // the one under way began before this commit, or will do for it
    else
      sync(held);
  }
  if (synced_ >= number) return;
  Failure failure(SQLITE_IOERR_FSYNC, fmt::format("fdatasync of {}: {}", wal_file_, std::generic_category().message(error_)));
  failure.in_commit();
  throw failure;
}

void WalSync::sync(std::unique_lock<std::mutex>& held) {
  syncing_ = true;
  ++calls_;
  std::uint64_t const reach = committed_;
  held.unlock();
  int const error = sync_file();
  held.lock();
  syncing_ = false;
  if (error == 0)
    synced_ = reach;
  else
    error_ = error;
  synced_one_.notify_all();
}

int WalSync::sync_file() {
  if (!file_) file_.reset(::open(wal_file_.c_str(), O_RDWR | O_CLOEXEC));
  return file_ && call_(file_.get()) == 0 ? 0 : errno;
}

}  // namespace kue::sqlite
