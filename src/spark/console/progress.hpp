#pragma once
// Progress: how far long work is, on standard error.
//
//   Progress progress(call, "deleting", total);
//   while (more) progress.at(done += batch());
//
// On a terminal one line that is redrawn, at most ten times a second and not before half a second, and is gone at
// the end. Elsewhere a line each ten seconds; with --json nothing.

#include <kue/clock.hpp>

#include "spark/console/command.hpp"

#include <cstdint>
#include <string>

namespace spark {

class Progress {
 public:
  Progress(Call const& call, std::string verb, std::int64_t total);  // total 0: not known
  ~Progress();
  Progress(Progress const&) = delete;
  void at(std::int64_t done);

 private:
  std::string line(std::int64_t done, kue::SteadyPoint now) const;

  std::string verb_;
  std::int64_t total_;
  bool terminal_, silent_;
  bool drawn_ = false;
  kue::SteadyPoint began_, next_;
};

}  // namespace spark
