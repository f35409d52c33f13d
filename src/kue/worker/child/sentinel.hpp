#pragma once
// Sentinel: notices that a job has closed the descriptors of its process. A number that SQLite still believes to be its
// database may then name the job's next file, and writing there would destroy both.
//
// A file opened and positioned at a random offset: any other file that later gets this descriptor number is at a
// different offset, or has none. Asking for the offset takes half the time of fstat, and it is asked after each job.

#include "kue/base/fd.hpp"

#include <kue/id.hpp>

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <limits>

namespace kue::worker {

class Sentinel {
 public:
  Sentinel() : fd_(::memfd_create("spark-sentinel", MFD_CLOEXEC)) { ::lseek(fd_.get(), position_, SEEK_SET); }
  // Never closed: the number may be somebody else's by then, and the process ends anyway.
  ~Sentinel() { fd_.release(); }

  bool intact() const { return ::lseek(fd_.get(), 0, SEEK_CUR) == position_; }
  int number() const { return fd_.get(); }

 private:
  Fd fd_;
  off_t position_ =
      static_cast<off_t>(random_bits() & static_cast<std::uint64_t>(std::numeric_limits<off_t>::max() / 2));
};

}  // namespace kue::worker
