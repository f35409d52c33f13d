#pragma once
// StopWatch: the thread of a child that raises the stop token of the running job, at its time-out, when the worker
// stops and when it is cancelled, and ends a waiting pop. It sleeps on a futex word and costs nothing while nothing
// happens: it looks once a second while jobs run, and dozes when none did between two looks. Only the first job after
// that has to ring.

#include "kue/base/futex.hpp"

#include <kue/context.hpp>

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

namespace kue::worker {

class StopWatch {
 public:
  struct Rules {
    std::function<bool()> stop_asked;
    std::function<void()> on_stop;               // once, from the watch's thread: interrupts the queue
    std::function<SteadyPoint()> trusted_until;  // past it the running job is asked to stop
    std::function<bool()> cancel_asked = {};     // of the running job, by a person; empty: never
  };

  // `bell` is rung by whoever asks to stop; it must outlive the watch.
  StopWatch(FutexWord& bell, Rules rules, Clock const& clock = Clock::system());
  ~StopWatch();
  StopWatch(StopWatch const&) = delete;

  void begin(std::optional<SteadyPoint> time_out);  // a run starts
  void end();
  std::stop_token token() const;  // of the run
  StopCause cause() const;        // of the run; kept until the next begin()
  void rest(Millis duration);     // of the thread that runs jobs; until a stop, too
  bool stopping() const { return stopping_.load(std::memory_order_acquire); }

 private:
  void watch();
  SteadyPoint look();  // raises what is due; when to look again
  void raise(StopCause cause, std::unique_lock<std::mutex>& lock);

  FutexWord& bell_;
  Rules rules_;
  Clock const& clock_;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> quit_{false};

  mutable std::mutex mutex_;
  bool running_ = false;
  std::optional<SteadyPoint> time_out_;
  SteadyPoint sleeps_until_ = SteadyPoint::max();
  bool dozing_ = false;
  std::uint64_t begun_ = 0, begun_before_ = 0;  // runs, now and at the last look
  std::stop_source source_;
  StopCause cause_ = StopCause::none;

  std::jthread thread_;  // last: starts when all the rest stands
};

}  // namespace kue::worker
