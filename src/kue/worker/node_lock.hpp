#pragma once
// NodeLock: the locked file that says that a node lives. Processes forked from its owner share the lock; it falls when the
// last of them is gone, however they died.

#include "kue/base/fd.hpp"

#include <kue/logger.hpp>

#include <cstdint>
#include <string>

namespace kue::worker {

class NodeLock {
 public:
  NodeLock() = default;
  // Without a file (another kind of store, or it cannot be made) others have to wait for the beat to stop.
  NodeLock(std::string const& store_url, std::uint64_t node, Logger log);

  std::string const& path() const { return path_; }
  void remove() noexcept;  // the file; when the node has left

 private:
  std::string path_;
  Fd file_;
};

}  // namespace kue::worker
