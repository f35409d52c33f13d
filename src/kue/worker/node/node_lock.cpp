#include "kue/worker/node/node_lock.hpp"

#include <kue/error.hpp>

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <fstream>

namespace kue::worker {
namespace {

// What systemd made for the unit, what the session has, what root has, what everybody has.
std::string parent_of_runtime_folder() {
  if (char const* const given = std::getenv("RUNTIME_DIRECTORY"); given != nullptr && given[0] == '/') {
    std::string const first(given, std::strcspn(given, ":"));
    if (::access(first.c_str(), W_OK | X_OK) == 0) return first + "/kue";
  }
  char const* const given = std::getenv("XDG_RUNTIME_DIR");
  if (given != nullptr && given[0] == '/' && ::access(given, W_OK | X_OK) == 0) return std::string(given) + "/kue";
  if (::geteuid() == 0 && ::access("/run", W_OK | X_OK) == 0) return "/run/kue";
  return fmt::format("/tmp/kue-{}", ::geteuid());
}

bool is_that_file(struct stat const& info, LockFile const& file) {
  return S_ISREG(info.st_mode) && info.st_dev == file.device && info.st_ino == file.inode;
}

// Shared, so that two who look at the same time do not take each other for the owner. What stands under the name by now
// may be anything: a fifo must not hold us, a link not lead us elsewhere.
bool nobody_holds(LockFile const& file) {
  Fd const found(::open(file.path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY));
  struct stat info {};
  if (!found || ::fstat(found.get(), &info) != 0 || !is_that_file(info, file)) return false;
  return ::flock(found.get(), LOCK_SH | LOCK_NB) == 0;
}

std::string lock_path(std::uint64_t node) { return fmt::format("{}/node-{:016x}", runtime_folder(), node); }

}  // namespace

std::string runtime_folder() {
  std::string const folder = parent_of_runtime_folder();
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    throw Error(ErrorKind::unavailable, fmt::format("cannot make {}: {}", folder, std::strerror(errno)));
  }
  struct stat info {};
  // In a folder that everybody may write to, another user could have made it first.
  bool const ours = ::lstat(folder.c_str(), &info) == 0 && S_ISDIR(info.st_mode) && info.st_uid == ::geteuid() &&
                    (info.st_mode & 022) == 0;
  if (!ours)
    throw Error(ErrorKind::unavailable,
                fmt::format("{} is no folder of this user's alone; remove it, or set XDG_RUNTIME_DIR", folder));
  return folder;
}

std::string const& boot_id() {
  static std::string const id = [] {
    std::string line;
    std::ifstream file("/proc/sys/kernel/random/boot_id");
    std::getline(file, line);
    return line;
  }();
  return id;
}

NodeLock::NodeLock(std::uint64_t node, Logger log) {
  try {
    file_.path = lock_path(node);
    descriptor_ = Fd(::open(file_.path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644));
    struct stat info {};
    bool const locked =
        descriptor_ && ::flock(descriptor_.get(), LOCK_EX | LOCK_NB) == 0 && ::fstat(descriptor_.get(), &info) == 0;
    if (!locked)
      throw Error(ErrorKind::unavailable, fmt::format("cannot lock {}: {}", file_.path, std::strerror(errno)));
    file_.device = info.st_dev;
    file_.inode = info.st_ino;
  } catch (std::exception const& error) {
    log.warn("{}: if this worker dies, others notice only after a while", error.what());
    file_ = {};
    descriptor_.reset();
  }
}

void NodeLock::remove() noexcept { remove_lock_file(file_); }

// Only our own kind of file in our own folder: what a store says of a path is no reason to remove something.
void remove_lock_of(std::uint64_t node, LockFile const& file) noexcept {
  try {
    if (file.path == lock_path(node)) remove_lock_file(file);
  } catch (std::exception const&) {  // no such folder, no such file
  }
}

void remove_lock_file(LockFile const& file) noexcept {
  struct stat info {};
  if (!file.path.empty() && ::lstat(file.path.c_str(), &info) == 0 && is_that_file(info, file))
    ::unlink(file.path.c_str());
}

bool any_worker_lives(Store& store) {
  bool const one_host = store.capabilities().one_host;
  auto const nodes = store.nodes();
  return std::any_of(nodes.begin(), nodes.end(), [&](NodeInfo const& node) { return is_alive(node, one_host); });
}

bool is_gone(NodeInfo const& node, bool one_host) {
  if (node.boot_id.empty() || boot_id().empty()) return false;
  if (node.boot_id != boot_id()) return one_host;
  return !node.lock.path.empty() && nobody_holds(node.lock);
}

}  // namespace kue::worker
