#pragma once
// RandomPool: random bits of the kernel, taken by the page instead of one system call each. A pool belongs to a thread,
// and its memory is wiped by the kernel at a fork, so that no two processes draw the same. For ids, which hold the time
// as well: two running copies of one virtual machine would go on with the same pool.

#include <cstdint>
#include <utility>

namespace kue {

class RandomPool {
 public:
  static std::pair<std::uint64_t, std::uint64_t> take();  // throws Error(unavailable)
};

}  // namespace kue
