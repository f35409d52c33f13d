#pragma once
// PidFile: one worker a file. Locked while the worker lives; the lock, not the number in it, says whether it runs.

#include "kue/base/fd.hpp"

#include <string>

namespace kue::worker {

class PidFile {
 public:
  // Throws Error(conflict) if another worker runs, Error(refused) for a place or a file that is not safe,
  // Error(unavailable).
  explicit PidFile(std::string path);
  ~PidFile();  // removes the file, in the process that made it only
  PidFile(PidFile const&) = delete;

  // After a fork: the lock must not outlive the master, so a child closes its copy.
  void forget_in_child() noexcept { file_.reset(); }

 private:
  bool try_open();

  std::string path_;
  Fd file_;
  int owner_ = 0;
};

}  // namespace kue::worker
