#include "kue/stores/sqlite/wal_file.hpp"

#include "kue/stores/sqlite/failure.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace kue::sqlite {

void WalFile::sync() {
  if (!file_) file_.reset(::open(path_.c_str(), O_RDWR | O_CLOEXEC));
  if (error_ == 0 && (!file_ || ::fdatasync(file_.get()) != 0)) error_ = errno;
  if (error_ == 0) return;
  Failure failure(SQLITE_IOERR_FSYNC, fmt::format("fdatasync of {}: {}", path_, std::generic_category().message(error_)));
  failure.in_commit();
  throw failure;
}

}  // namespace kue::sqlite
