#include "spark/console/interrupt.hpp"

#include "kue/base/bounded.hpp"

#include <algorithm>
#include <cerrno>
#include <ctime>

namespace spark {

Interrupt::Interrupt() {
  ::sigemptyset(&signals_);
  for (int const signal : {SIGINT, SIGTERM, SIGHUP}) ::sigaddset(&signals_, signal);
  ::pthread_sigmask(SIG_BLOCK, &signals_, &before_);
}

Interrupt::~Interrupt() {
  // A second Ctrl-C that came while we left would end the program before its last word.
  timespec const now{};
  while (::sigtimedwait(&signals_, nullptr, &now) > 0) {}
  ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

bool Interrupt::within(kue::Millis time) {
  auto const until = kue::Clock::system().steady_now() + kue::bounded(time);
  while (signal_ == 0) {
    auto const left = std::max(until - kue::Clock::system().steady_now(), kue::Millis(0));
    timespec wait{};
    wait.tv_sec = static_cast<time_t>(left.count() / 1000);
    wait.tv_nsec = static_cast<long>(left.count() % 1000) * 1'000'000;
    int const got = ::sigtimedwait(&signals_, nullptr, &wait);
    if (got > 0)
      signal_ = got;
    else if (errno != EINTR)
      break;
  }
  return signal_ != 0;
}

}  // namespace spark
