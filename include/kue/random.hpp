#pragma once
// Random: where retry jitter comes from, so that a test can choose it.
//
//   struct Fixed : kue::Random { std::uint64_t below(std::uint64_t) override { return 0; } };

#include <cstdint>

namespace kue {

class Random {
 public:
  virtual ~Random() = default;
  virtual std::uint64_t below(std::uint64_t bound) = 0;  // uniform in [0, bound); 0 if bound is 0

  static Random& system();  // getrandom(2); safe across fork and threads
};

}  // namespace kue
