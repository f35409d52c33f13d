#pragma once
// FlushLine: what a Flusher and its batches share: the jobs that wait, their room, and the thread that sends them.
//
//   Parcels one = line->take(jobs, bytes);      // throws Error(full): nothing was taken
//   line->send(one);                            // again until the queue has them
//
// `mutex_` guards what stands below it and is never held over a call of the queue or of a Parcel's `done`.

#include <kue/error.hpp>
#include <kue/flusher.hpp>

#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace kue::detail {

// What one batch held, on its way.
struct Parcel {
  std::vector<Envelope> jobs = {};
  std::size_t bytes = 0;
  std::function<void(std::exception_ptr)> done = {};  // set: one try only, and the answer goes here
};
using Parcels = std::list<Parcel>;

// What a queue throws that is not ours becomes an error that says the same.
Error to_error(std::exception_ptr const& thrown);

// How much is in memory: of what waits, of batches that hold their room, and of the call in progress.
struct Room {
  std::size_t jobs = 0, bytes = 0;
};

// When to try again, and how much at once.
struct Pace {
  static constexpr std::size_t kMaxBatchesACall = 256;
  using Steady = std::chrono::steady_clock;

  int failures = 0;  // in a row
  std::size_t batches_a_call = kMaxBatchesACall;
  Steady::time_point due{};

  void succeeded();
  Millis failed(FlusherOptions const& options, bool stopping);  // the delay
  void hurry() { *this = {.failures = failures}; }
};

class FlushLine {
 public:
  FlushLine(Queue& q, FlusherOptions o, Logger l) : queue(q), options(o), log(std::move(l)) {}

  Queue& queue;
  FlusherOptions const options;
  Logger log;

  Parcels take(std::vector<Envelope>& jobs, std::size_t bytes);  // moves from `jobs` if there is room
  void send(Parcels& parcels);
  void ask(Parcels& parcels);  // those with `done`: before all that wait
  void flush_again();
  bool stop(Millis patience);
  void count_refused();
  FlusherCounts counts() const;

  bool forked_away() const;
  void refuse_after_fork() const;

 private:
  enum class Phase {
    open,
    closing,     // stop() was called; what waits has not been tried since
    last_tries,  // it has: until the deadline
    ended,       // the thread is gone: who sends now tries once, on its own thread
  };
  // What came of one call: a queue may take the jobs and then fail in its own flush.
  struct Answer {
    bool taken = false;
    std::exception_ptr error = {};
  };

  void start_thread();
  void run();
  bool wait_for_work(std::unique_lock<std::mutex>& lock);
  bool due_now() const { return !waiting_.empty() && Pace::Steady::now() >= pace_.due; }
  Parcels take_group(Parcels& from);
  void work(Parcels& group);
  Answer deliver(Parcels const& group);
  void settle(Parcels& group, Answer const& answer) noexcept;
  void say_that_it_failed(Parcels const& group, Answer const& answer, Millis again_in) noexcept;
  void release_room(Parcel& parcel);
  void give_up_what_waits();

  std::mutex stopping_;  // one stop at a time
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Parcels asked_;
  Parcels waiting_;  // in order; those that failed went to the end
  Room room_;
  Pace pace_;
  FlusherCounts counts_;
  Phase phase_ = Phase::open;
  Pace::Steady::time_point deadline_{};
  std::thread thread_;
  std::atomic<pid_t> owner_{0};  // the process of the thread; read without the mutex, which a fork may leave locked
};

}  // namespace kue::detail
