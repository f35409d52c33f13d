#include "kue/worker/run/stop_watch.hpp"

#include "kue/base/signals_blocked.hpp"

#include <algorithm>
#include <utility>

namespace kue::worker {
namespace {

// Nets: the flags are looked at again even if nobody rang.
constexpr Millis kNap{50};
constexpr Millis kLookAgain{1000};  // while jobs run
constexpr Millis kDoze{10'000};     // while none does: then only a stop matters, and who asks for it rings

}  // namespace

StopWatch::StopWatch(FutexWord& bell, Rules rules, Clock const& clock)
    : bell_(bell), rules_(std::move(rules)), clock_(clock) {
  SignalsBlocked const blocked;
  thread_ = std::jthread([this] { watch(); });
}

StopWatch::~StopWatch() {
  quit_ = true;
  futex_ring(bell_);
}

void StopWatch::rest(Millis duration) {
  SteadyPoint const until = clock_.steady_now() + duration;
  do {
    futex_wait(bell_, bell_.load(), std::clamp(until - clock_.steady_now(), Millis(1), kNap));
  } while (!stopping() && clock_.steady_now() < until);
}

void StopWatch::begin(std::optional<SteadyPoint> time_out) {
  std::unique_lock lock(mutex_);
  source_ = std::stop_source();
  cause_ = StopCause::none;
  running_ = true;
  time_out_ = time_out;
  ++begun_;
  if (stopping()) {
    raise(StopCause::shutdown, lock);
  } else if (std::exchange(dozing_, false) || (time_out && *time_out < sleeps_until_)) {
    // Only when the sleeper would wake too late: one job after another without a time-out costs no system call.
    futex_ring(bell_);
  }
}

void StopWatch::end() {
  std::lock_guard const lock(mutex_);
  running_ = false;
  time_out_.reset();
}

std::stop_token StopWatch::token() const {
  std::lock_guard const lock(mutex_);
  return source_.get_token();
}

StopCause StopWatch::cause() const {
  std::lock_guard const lock(mutex_);
  return cause_;
}

void StopWatch::watch() {
  while (true) {
    std::uint32_t const heard =
        bell_.load(std::memory_order_acquire);  // before looking: a ring in between is not missed
    if (quit_) return;
    SteadyPoint const until = look();
    Millis const sleep = std::clamp(until - clock_.steady_now(), Millis(1), kDoze);
    futex_wait(bell_, heard, sleep);
  }
}

SteadyPoint StopWatch::look() {
  if (!stopping() && rules_.stop_asked && rules_.stop_asked()) {
    stopping_.store(true, std::memory_order_release);
    if (rules_.on_stop) rules_.on_stop();
  }
  SteadyPoint const now = clock_.steady_now();
  SteadyPoint const trusted = rules_.trusted_until ? rules_.trusted_until() : SteadyPoint::max();
  std::unique_lock lock(mutex_);
  dozing_ = !running_ && begun_ == begun_before_;  // nothing has run since the last look
  begun_before_ = begun_;
  sleeps_until_ = now + (dozing_ ? kDoze : kLookAgain);
  if (!running_ || cause_ != StopCause::none) return sleeps_until_;
  if (rules_.cancel_asked && rules_.cancel_asked()) {  // before a stop: a job that is not wanted is not given back
    raise(StopCause::cancelled, lock);
  } else if (stopping() || now >= trusted) {
    raise(StopCause::shutdown, lock);
  } else if (time_out_ && now >= *time_out_) {
    raise(StopCause::timeout, lock);
  } else if (time_out_) {
    sleeps_until_ = std::min(sleeps_until_, *time_out_);
  }
  return sleeps_until_;
}

void StopWatch::raise(StopCause cause, std::unique_lock<std::mutex>& lock) {
  cause_ = cause;
  std::stop_source source = source_;  // shares the state: the run may end meanwhile
  lock.unlock();                      // callbacks are the job's own code
  source.request_stop();
  lock.lock();
}

}  // namespace kue::worker
