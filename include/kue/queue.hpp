#pragma once
// Queue: where an application pushes jobs and a worker pops them. Yours is two functions (examples/redis_queue):
//
//   class MyRedisQueue : public kue::Queue {
//    public:
//     using Queue::push;                                             // keeps the typed push visible
//     kue::Pushed push(kue::Envelope job) override;  // redis_.rpush(key, job.to_bytes()); return {job.id};
//     std::optional<kue::Delivery> pop(kue::Millis wait) override;   // blocks until a job or the time is over
//   };
//   kue::JobId id = queue.push(HelloWorldJob("John Doe"), {.delay = 5min});
//   std::optional<kue::JobStatus> job = queue.wait(id, 10s);         // or find(id), which does not wait
//
// Threads: push from any thread; pop by one thread of a process. push has happened when it returns, unless the queue
// says otherwise (BufferedQueue); it throws kue::Error and then nothing was pushed, unless outcome_unknown().
// A queue without Capabilities::acknowledge loses a job whose process dies; the worker says so when it starts.

#include <kue/claim.hpp>
#include <kue/foreign.hpp>
#include <kue/job.hpp>
#include <kue/job_status.hpp>
#include <kue/outcome.hpp>
#include <kue/pushed.hpp>

#include <optional>
#include <span>
#include <vector>

namespace kue {

class Consumer;

struct Delivery {
  Envelope job = {};
  Claim claim = {.claim_no = 1};
  std::uint32_t attempt = 1;  // the number that the job sees
  Tally tally = {};           // before this run
  TimePoint claimed_at{};
};

// What a queue can honour. A push that asks for more is refused with Error(refused); nothing is dropped silently.
struct Capabilities {
  bool acknowledge = false;  // a popped job is kept until finish()
  bool delay = false;        // PushOptions::delay, run_at; retries with a delay; snooze
  bool priority = false;
  bool timeout = true;  // kept in the envelope; the worker enforces it
  bool find = false;    // keeps a record of its jobs: find(), wait()
};

class Queue {
 public:
  virtual ~Queue() = default;

  template <Job J> Pushed push(J const& job, PushOptions const& options = {}) {
    return push_checked(make_envelope(job, options, clock()));
  }

  // In a transaction of the program's own (kue/foreign.hpp): the job is there once that is
  // committed, and not before. A queue that cannot do it throws Error(refused).
  template <Job J> Pushed push(Foreign& transaction, J const& job, PushOptions const& options = {}) {
    return push(transaction, make_envelope(job, options, clock()));
  }
  Pushed push(Foreign& transaction, Envelope job);  // check(), then push_in

  virtual Pushed push(Envelope job) = 0;
  virtual std::vector<Pushed> push_many(std::span<Envelope> jobs);  // one answer each, in order; default: one by one
  virtual Pushed push_in(Foreign& transaction, Envelope job);

  // What is known of a job; nothing if the queue does not have it, or no longer. A queue that keeps no record throws
  // Error(refused). Default: asks behind().
  virtual std::optional<JobStatus> find(JobId id);
  // As find, once the job is final or the time is over; a job may also arrive meanwhile (a batch sends it later). Looks
  // again after 10 ms, doubled up to 250 ms: no store announces ends.
  virtual std::optional<JobStatus> wait(JobId id, Millis time);

  virtual std::optional<Delivery> pop(Millis wait) = 0;
  virtual std::vector<Delivery> pop_many(int max, Millis wait);  // default: pop once
  virtual void flush() {}                                        // sends what push only collected
  virtual void process(Consumer&) {}  // called in each process of a worker that pops from this queue
  virtual void finish(Delivery const&, Outcome const&) {}
  virtual void release(Delivery const& delivery) { push(delivery.job); }  // gives back a job that did not start
  virtual Capabilities capabilities() const { return {}; }
  virtual Queue* behind() { return nullptr; }  // a queue that wraps another names it: a worker pops from the innermost
  virtual Clock const& clock() const { return Clock::system(); }  // by which PushOptions::delay counts
  virtual void interrupt() noexcept {}  // makes a waiting pop return soon; called from a signal handler

  void check(Envelope const& job) const;  // refuses what capabilities() cannot honour
  Pushed push_checked(Envelope job);      // check(), then push(Envelope)
};

}  // namespace kue
