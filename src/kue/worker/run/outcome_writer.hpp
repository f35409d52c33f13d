#pragma once
// OutcomeWriter: brings the outcome of a run to the queue, and does not give up while that may still help.

#include "kue/worker/run/runner.hpp"

#include <kue/store_queue.hpp>

#include <functional>
#include <optional>

namespace kue::worker {

class OutcomeWriter {
 public:
  // `rest` waits before the next try, and answers whether there shall be one.
  OutcomeWriter(Queue& queue, StoreQueue* with_store, Logger log, std::function<bool(Millis)> rest)
      : queue_(queue),
        with_store_(with_store),
        log_(std::move(log)),
        rest_(std::move(rest)),
        keeps_(queue.capabilities().acknowledge) {}

  // What the queue will decide, with the delay fixed now, so that what is logged is what happens.
  Transition foresee(Delivery const& delivery, Outcome& outcome) const;
  // Nothing: not written. An outcome whose bytes the store refuses is replaced by a failure that says so.
  std::optional<FinishStatus> write(Delivery const& delivery, RunReport& report);
  // Of a run that has finished itself: whether that was committed. Nothing: the store does not say, and there must be
  // no next try.
  std::optional<bool> read_own_end(Delivery const& delivery);
  void tell_stale(Delivery const& delivery, Outcome const& outcome) const;
  bool keeps() const { return keeps_; }  // the queue keeps a job until it is finished

 private:
  FinishStatus write_once(Delivery const& delivery, RunReport const& report);

  Queue& queue_;
  StoreQueue* with_store_;
  Logger log_;
  std::function<bool(Millis)> rest_;
  bool keeps_;
};

FinishSink finish_sink(StoreQueue* with_store);  // null: none

// What is said of a run that returned with a transaction open in its thread: every write of the worker to the file
// would wait for it.
std::string left_open(Delivery const& delivery);

// 50 ms doubling to 5 s.
Millis next_trouble(Millis before);

}  // namespace kue::worker
