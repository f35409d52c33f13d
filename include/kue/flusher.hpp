#pragma once
// Flusher: says when the batches of requests are sent, and sends those that go after the response, on a thread of its
// own, again until the queue takes them.
//
//   kue::Flusher flusher(queue, {.flush = kue::Flush::after_response});   // one a program, older than the server
//   kue::Batch jobs(flusher);                                             // one a request: kue/batch.hpp
//   server.Post("/orders", spark::http::with_batch(flusher, order));      // <spark/http/httplib.hpp>
//   co_spawn(context, spark::http::listen(acceptor, flusher, order), detached);   // <spark/http/beast.hpp>
//
// before_response: a client that reads 200 has its jobs in the queue. A flush that fails makes the answer 503 (or what
// you want), and nothing is pushed. The client waits for the flush: a few milliseconds with a file.
// after_response: the client has the whole body before the flush begins. While there is no room, requests are flushed
// before their response, so that none is answered whose jobs cannot be kept.
// Either way the queue's own flush() is called once a request, for a queue that collects by itself (BufferedQueue).
//
// What waits is in memory: it dies with the process. A send that fails is logged (kind and id of the jobs, never
// arguments), counted, and tried again after 0.1 s, doubled up to 30 s; the ids make a repeat harmless. Batches that
// wait together go in one call; one that the queue refuses goes alone and to the end of the line, so that it holds up
// no other.
// Bounded: above max_jobs or max_bytes nothing is taken; what was taken is kept.
// stop() and the destructor try until stop_timeout is over (a call of the queue that hangs is waited for), then say in
// the log which jobs are lost.
// Threads: everything from any thread. The thread starts with the first batch, so a process that forks before has none;
// in a child of a process that used it, taking a batch throws Error(refused). The queue lives longer than the flusher.

#include <kue/batch.hpp>
#include <kue/clock.hpp>

#include <cstdint>
#include <memory>

namespace kue {

enum class Flush { before_response, after_response };

struct FlusherOptions {
  Flush flush = Flush::before_response;
  BatchLimits limits = {};  // of one batch
  std::size_t max_jobs = 10'000;
  std::size_t max_bytes = 64 * 1024 * 1024;
  Millis retry_min{100}, retry_max{30'000};
  Millis stop_timeout{5'000};
};

struct FlusherCounts {
  std::uint64_t refused = 0;         // batches that could not be sent before the response
  std::uint64_t sent = 0;            // jobs that the queue took on the flusher's thread
  std::uint64_t failed_flushes = 0;  // calls of the queue that threw there
  std::uint64_t lost = 0;            // jobs given up at the stop
  std::size_t waiting = 0;           // jobs in memory now
};

class Flusher {
 public:
  explicit Flusher(Queue& queue, FlusherOptions options = {}, Logger log = Logger());
  ~Flusher();
  Flusher(Flusher const&) = delete;
  Flusher& operator=(Flusher const&) = delete;

  // For a queue that collects, whose flush() has just failed: it is called after retry_min, until it succeeds.
  void flush_again();

  bool stop(Millis patience);  // true: nothing was lost. What is sent later is tried once, on the caller's thread
  FlusherCounts counts() const;

  Queue& queue() const;
  Logger& log() const;
  FlusherOptions const& options() const;

 private:
  friend class Batch;
  std::shared_ptr<detail::FlushLine> line_;
};

}  // namespace kue
