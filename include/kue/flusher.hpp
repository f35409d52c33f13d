#pragma once
// Flusher: sends batches on a thread of its own, and again until the queue takes them.
//
//   kue::Flusher flusher;                       // one a program, made before the server and destroyed after it
//   kue::Batch batch(queue);
//   batch.push(SendInvoice(7));
//   flusher.flush(std::move(batch));  // returns at once; throws Error(full): the batch is as before, answer 503
//
// What waits is in memory: it dies with the process, as every promise that is made before the store has answered.
// A send that fails is logged (kind and id of the jobs, never arguments), counted, and tried again after 0.1 s, doubled
// up to 30 s; the ids make a repeat harmless. Batches that wait together go in one call of their queue; one that the
// queue refuses goes alone and to the end of the line, so that it holds nobody up.
// Bounded: above max_jobs or max_bytes nothing is taken (Error(full)); what was taken is kept.
// stop() and the destructor try until stop_timeout is over (a call of the queue that hangs is waited for), then say in
// the log which jobs are lost.
// Threads: everything from any thread. The thread starts with the first batch, so a process that forks before has none;
// in a child of a process that used it, taking a batch throws Error(refused). Queues live longer than the flusher.

#include <kue/batch.hpp>
#include <kue/clock.hpp>

#include <cstdint>
#include <exception>
#include <functional>
#include <list>
#include <memory>

namespace kue {

struct FlusherOptions {
  std::size_t max_jobs = 10'000;
  std::size_t max_bytes = 64 * 1024 * 1024;
  Millis retry_min{100}, retry_max{30'000};
  Millis stop_timeout{5'000};
};

struct FlusherCounts {
  std::uint64_t sent = 0;            // jobs that a queue took
  std::uint64_t failed_flushes = 0;  // calls of a queue that threw
  std::uint64_t lost = 0;            // jobs given up at the stop
  std::size_t waiting = 0;           // jobs in memory now
};

class Flusher {
 public:
  explicit Flusher(FlusherOptions options = {}, Logger log = Logger());
  ~Flusher();

  // Takes the batch, for sending now. An empty one still flushes its queue (see BufferedQueue).
  void flush(Batch&& batch);

  // Takes the batch now, for sending when the ticket is gone: after the response. Nothing that was taken can be refused
  // later.
  class Ticket;
  Ticket hold(Batch&& batch);

  // One try, at once, whatever waits; `done` is told on the flusher's thread, with null if the queue has the jobs.
  // After an error they are not tried again. `done` is always called, at the latest by stop(). It must neither throw
  // nor wait.
  void flush(Batch&& batch, std::function<void(std::exception_ptr)> done);

  bool stop(Millis patience);  // true: nothing was lost. What is flushed later is tried once, on the caller's thread
  FlusherCounts counts() const;

 private:
  struct Parcel;
  struct Line;
  std::shared_ptr<Line> line_;
};

class Flusher::Ticket {
 public:
  Ticket();
  ~Ticket();
  Ticket(Ticket&& other) noexcept;
  Ticket& operator=(Ticket&& other) noexcept;

 private:
  friend class Flusher;
  Ticket(std::shared_ptr<Line> line, std::list<Parcel> parcel);
  void send() noexcept;
  std::shared_ptr<Line> line_;
  std::list<Parcel> parcel_;  // one or none: sending moves it, and cannot run out of memory
};

}  // namespace kue
