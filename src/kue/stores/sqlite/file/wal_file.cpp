#include "kue/stores/sqlite/file/wal_file.hpp"

#include "kue/stores/sqlite/file/failure.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace kue::sqlite {

WalFile::WalFile(std::string path) : path_(std::move(path)), file_(::open(path_.c_str(), O_RDWR | O_CLOEXEC)) {}

int WalFile::sync_once() noexcept {
  if (!file_) file_.reset(::open(path_.c_str(), O_RDWR | O_CLOEXEC));
  return file_ && ::fdatasync(file_.get()) == 0 ? 0 : errno;
}

void WalFile::sync() {
  if (error_ == 0) error_ = sync_once();
  if (error_ == 0) return;
  fail_in_commit(
      Failure(SQLITE_IOERR_FSYNC, fmt::format("fdatasync of {}: {}", path_, std::generic_category().message(error_))));
}

}  // namespace kue::sqlite
