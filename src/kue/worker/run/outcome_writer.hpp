#pragma once
// OutcomeWriter: brings the outcome of a run to the queue, and does not give up while that may still help.

#include "kue/worker/run/runner.hpp"

#include <kue/store_queue.hpp>

#include <functional>
#include <optional>

namespace kue::worker {

class OutcomeWriter {
 public:
  // `rest` waits before the next try, and returns whether to try again.
  OutcomeWriter(Queue& queue, StoreQueue* with_store, Logger log, std::function<bool(Millis)> rest)
      : queue_(queue),
        with_store_(with_store),
        log_(std::move(log)),
        rest_(std::move(rest)),
        keeps_(queue.capabilities().acknowledge) {}

  // What the queue will decide, with the delay fixed now, so that what is logged is what happens.
  Transition foresee(Delivery const& delivery, Outcome& outcome) const;
  struct Written {
    FinishStatus status;
    Transition next;  // what has become of the job
  };
  // Nothing: not written. An outcome that the store refuses for good is replaced: see without_what_is_refused.
  std::optional<Written> write(Delivery const& delivery, RunReport& report);
  // Of a run that has finished itself: whether that was committed. Nothing: the store does not say, and there must be
  // no next try.
  std::optional<bool> read_own_end(Delivery const& delivery);
  // Jobs push too; with a queue that only collects, what they pushed goes out before they count as done.
  void flush();
  void tell_stale(Delivery const& delivery, Outcome const& outcome) const;
  bool keeps() const { return keeps_; }  // the queue keeps a job until it is finished

 private:
  Written write_once(Delivery const& delivery, RunReport& report);
  FinishStatus ask_again(Delivery const& delivery, FinishStatus status) const;

  Queue& queue_;
  StoreQueue* with_store_;
  Logger log_;
  std::function<bool(Millis)> rest_;
  bool keeps_;
};

FinishSink finish_sink(StoreQueue* with_store);  // null: none
ProgressSink progress_sink(StoreQueue* with_store);

// What is said of a run that returned with a transaction open in its thread: every write of the worker to the file
// would wait for it.
std::string left_open(Delivery const& delivery);

// 50 ms doubling to 5 s.
Millis next_trouble(Millis before);

}  // namespace kue::worker
