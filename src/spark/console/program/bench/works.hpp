#pragma once
// Works: what spark bench measures. Each makes its own store, moves real jobs through real processes, checks that every
// one of them ran exactly once and is completed in the store, and only then gives its figures.

#include "spark/console/program/bench/arena.hpp"

#include <functional>
#include <string>
#include <vector>

namespace spark::bench {

struct Figure {
  std::string work;  // "drain_10k"
  double value = 0;
  std::string unit;  // "jobs/s", "ms", "%", "MB", "bytes"
};

struct Work {
  std::string name;
  std::vector<std::string> also;  // figures that come out of the same run
  std::string what;
  std::function<std::vector<Figure>(Setting const&)> run;
};

std::vector<Work> const& works();

// What the store that is measured says about itself: journal_mode, sync_of_push, page_size ..., read back from a file
// that was made as the works make theirs.
std::vector<std::string> conditions(Setting const& setting);

}  // namespace spark::bench
