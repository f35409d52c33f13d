#include <kue/clock.hpp>

namespace kue {
namespace {

class SystemClock final : public Clock {
 public:
  TimePoint now() const override { return std::chrono::floor<Millis>(std::chrono::system_clock::now()); }
  SteadyPoint steady_now() const override { return std::chrono::floor<Millis>(std::chrono::steady_clock::now()); }
};

}  // namespace

Clock const& Clock::system() {
  static SystemClock const clock;
  return clock;
}

}  // namespace kue
