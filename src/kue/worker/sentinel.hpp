#pragma once
// Sentinel: notices that a job has closed the descriptors of its process. A number that SQLite still believes to be its
// database may then name the job's next file, and writing there would destroy both.

#include "kue/base/fd.hpp"

#include <sys/mman.h>
#include <sys/stat.h>

namespace kue::worker {

class Sentinel {
 public:
  Sentinel() : fd_(::memfd_create("spark-sentinel", MFD_CLOEXEC)) { ::fstat(fd_.get(), &known_); }
  // Never closed: the number may be somebody else's by then, and the process ends anyway.
  ~Sentinel() { fd_.release(); }

  bool intact() const {
    struct stat now {};
    return ::fstat(fd_.get(), &now) == 0 && now.st_ino == known_.st_ino && now.st_dev == known_.st_dev;
  }

 private:
  Fd fd_;
  struct stat known_ {};
};

}  // namespace kue::worker
