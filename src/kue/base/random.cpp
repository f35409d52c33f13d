#include <kue/random.hpp>

#include <kue/error.hpp>
#include <kue/id.hpp>

#include <sys/random.h>

#include <cerrno>
#include <cstring>

namespace kue {
namespace {

// A generator kept in memory would repeat itself in every child after a fork; the kernel's does not.
class SystemRandom final : public Random {
 public:
  std::uint64_t below(std::uint64_t bound) override {
    if (bound == 0) return 0;
    std::uint64_t const unusable = (0 - bound) % bound;  // 2^64 mod bound: those would favour small numbers
    std::uint64_t bits = random_bits();
    while (bits < unusable) bits = random_bits();
    return bits % bound;
  }
};

}  // namespace

Random& Random::system() {
  static SystemRandom random;
  return random;
}

std::uint64_t random_bits() {
  std::uint64_t bits = 0;
  while (bits == 0) {
    if (::getrandom(&bits, sizeof bits, 0) == sizeof bits) continue;
    if (errno != EINTR) {
      throw Error(ErrorKind::unavailable, std::string("the kernel gave no random bytes: ") + std::strerror(errno));
    }
    bits = 0;
  }
  return bits;
}

}  // namespace kue
