#pragma once
// NodeLock: the locked file that says that a node lives, in the run-time folder of its user. Processes forked from its
// owner share the lock; it falls when the last of them is gone, however they died.

#include "kue/base/fd.hpp"

#include <kue/logger.hpp>
#include <kue/store.hpp>

#include <cstdint>
#include <string>

namespace kue::worker {

class NodeLock {
 public:
  NodeLock() = default;
  // Without a file (it cannot be made) others have to wait for the beat to stop; the log says so.
  NodeLock(std::uint64_t node, Logger log);

  LockFile const& file() const { return file_; }
  void remove() noexcept;  // the file; when the node has left

 private:
  LockFile file_;
  Fd descriptor_;
};

// $RUNTIME_DIRECTORY/kue (systemd's), $XDG_RUNTIME_DIR/kue, for root /run/kue, else /tmp/kue-UID: made if it is not
// there, of this user and closed to others.
// Throws Error(unavailable).
std::string runtime_folder();

// Of the running kernel; empty if it cannot be read.
std::string const& boot_id();

// For certain: no process of the node lives. `one_host` (StoreCapabilities): all nodes of the store are on this
// machine, so that one that beat under another start of a kernel ended with that. False also means: not known.
bool is_gone(NodeInfo const& node, bool one_host);
inline bool is_alive(NodeInfo const& node, bool one_host) {
  return !node.dead && !is_gone(node, one_host);
}  // as far as is known
bool any_worker_lives(Store& store);

void remove_lock_file(LockFile const& file) noexcept;                    // if it is still that very file
void remove_lock_of(std::uint64_t node, LockFile const& file) noexcept;  // of a dead node, if it is one of this user's

}  // namespace kue::worker
