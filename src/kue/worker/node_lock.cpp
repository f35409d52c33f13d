#include "kue/worker/node_lock.hpp"

#include <kue/store.hpp>

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <cstring>
#include <exception>

namespace kue::worker {

NodeLock::NodeLock(std::string const& store_url, std::uint64_t node, Logger log) {
  if (store_url.empty()) return;
  try {
    path_ = node_lock_file(store_url, node);
  } catch (std::exception const&) {
    return;  // the store itself will say what is wrong with its URL, in the process that opens it
  }
  if (path_.empty()) return;
  file_ = Fd(::open(path_.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644));
  if (file_ && ::flock(file_.get(), LOCK_EX | LOCK_NB) == 0) return;
  log.log(LogLevel::warn, "cannot lock " + path_ + " (" + std::strerror(errno) + "): if this worker dies, others notice only after a while");
  path_.clear();
  file_.reset();
}

void NodeLock::remove() noexcept {
  if (!path_.empty()) ::unlink(path_.c_str());
}

}  // namespace kue::worker
