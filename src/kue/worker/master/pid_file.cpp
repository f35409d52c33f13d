#include "kue/worker/master/pid_file.hpp"

#include <kue/error.hpp>

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace kue::worker {
namespace {

std::string folder_of(std::string const& path) {
  auto const slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

// In a place where everybody writes (also a sticky one like /tmp) another user can put the file, or a link, there
// first.
void refuse_world_writable(std::string const& path) {
  std::string const folder = folder_of(path);
  struct stat about {};
  if (::stat(folder.c_str(), &about) != 0) {
    throw Error(ErrorKind::unavailable,
                fmt::format("cannot make pid file {}: folder {}: {}", path, folder, std::strerror(errno)));
  }
  if ((about.st_mode & S_IWOTH) != 0) {
    throw Error(ErrorKind::refused,
                fmt::format("pid file {} refused: everybody may write in {}; choose a folder of your own, for example "
                            "one under /run",
                            path, folder));
  }
}

std::string pid_in(int file) {
  std::array<char, 16> text{};
  ssize_t const size = ::pread(file, text.data(), text.size(), 0);
  std::string pid;
  for (ssize_t i = 0; i < size && text[static_cast<std::size_t>(i)] >= '0' && text[static_cast<std::size_t>(i)] <= '9';
       ++i) {
    pid += text[static_cast<std::size_t>(i)];
  }
  return pid.empty() ? "unknown" : pid;
}

bool is_still(std::string const& path, int file) {
  struct stat there {
  }, mine{};
  return ::lstat(path.c_str(), &there) == 0 && ::fstat(file, &mine) == 0 && there.st_ino == mine.st_ino &&
         there.st_dev == mine.st_dev;
}

}  // namespace

PidFile::PidFile(std::string path) : path_(std::move(path)) {
  refuse_world_writable(path_);
  // A worker that ends between our open and our lock takes the file away; then there is a new one to make.
  for (int tries = 0; tries < 100; ++tries) {
    if (try_open()) return;
  }
  throw Error(ErrorKind::conflict,
              fmt::format("cannot get pid file {}: other workers keep making and removing it", path_));
}

bool PidFile::try_open() {
  file_ = Fd(::open(path_.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0644));
  if (!file_) {
    if (errno == ELOOP)
      throw Error(ErrorKind::refused, fmt::format("pid file {} refused: it is a symbolic link; remove it", path_));
    throw Error(ErrorKind::unavailable, fmt::format("cannot open pid file {}: {}", path_, std::strerror(errno)));
  }
  struct stat about {};
  if (::fstat(file_.get(), &about) != 0 || !S_ISREG(about.st_mode)) {
    throw Error(ErrorKind::refused, fmt::format("pid file {} refused: it is not a plain file", path_));
  }
  if (::flock(file_.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK)
      throw Error(ErrorKind::unavailable, fmt::format("cannot lock pid file {}: {}", path_, std::strerror(errno)));
    throw Error(ErrorKind::conflict,
                fmt::format("a worker is already running with pid {} (pid file {}); stop it first, or choose another "
                            "pid file",
                            pid_in(file_.get()), path_));
  }
  if (!is_still(path_, file_.get())) return false;
  // What an old worker left in it is replaced: it does not run, or it would hold the lock.
  std::string const text = fmt::format("{}\n", ::getpid());
  if (::ftruncate(file_.get(), 0) != 0 ||
      ::pwrite(file_.get(), text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) {
    throw Error(ErrorKind::unavailable, fmt::format("cannot write pid file {}: {}", path_, std::strerror(errno)));
  }
  owner_ = ::getpid();
  return true;
}

PidFile::~PidFile() {
  if (!file_ || owner_ != ::getpid()) return;
  if (is_still(path_, file_.get())) ::unlink(path_.c_str());  // still locked: nobody can have taken it over
}

}  // namespace kue::worker
