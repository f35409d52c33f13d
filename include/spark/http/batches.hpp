#pragma once
// Batches: gives each web request its kue::Batch, and says when the jobs are sent: before the response or after it.
//
//   spark::http::Batches batches(app, {.flush = spark::http::Flush::after_response});   // older than the server
//   server.Post("/orders", spark::http::with_batch(batches, order));                    // <spark/http/httplib.hpp>
//   co_spawn(context, spark::http::listen(acceptor, batches, order), detached);         // <spark/http/beast.hpp>
//
// before_response: who reads 200 has its jobs in the queue. A flush that fails makes the answer 503 (or what you want),
// and nothing is pushed. The visitor waits for the flush: a few milliseconds with a file.
// after_response: the visitor has the whole body before the flush begins, which then happens on a thread of its own. A
// flush that fails is logged, counted and tried again while the process lives (kue/flusher.hpp); a process that is
// killed in between loses the jobs of answers that were given. While the flusher has no room, requests are flushed
// before their response, so that none is answered whose jobs cannot be kept.
// Either way the queue's own flush() is called once a request, for a queue service that collects by itself
// (BufferedQueue).
// A handler that throws has pushed nothing, and the log says what was dropped. One that returns has its jobs pushed,
// whatever it answered and whether or not the client is still there; batch.discard() forgets them.
// Threads: any. Destroyed after the server and before the queue; stop() and the destructor wait as Flusher's do.

#include <kue/batch.hpp>
#include <kue/flusher.hpp>

#include <atomic>

namespace spark {
class Application;
using kue::Batch;
}  // namespace spark

namespace spark::http {

enum class Flush { before_response, after_response };

struct BatchesOptions {
  Flush flush = Flush::before_response;
  kue::BatchLimits limits = {};      // of one request
  kue::FlusherOptions flusher = {};  // of what waits for being tried again
};

struct BatchesCounts {
  std::uint64_t refused = 0;        // requests whose jobs could not be pushed and that were told so
  kue::FlusherCounts flusher = {};  // after_response: sent, failed, lost and waiting
};

class Batches {
 public:
  explicit Batches(kue::Queue& queue, BatchesOptions options = {}, kue::Logger log = kue::Logger());
  explicit Batches(Application& app,
                   BatchesOptions options = {});  // its services; the queue is opened here, not by the first visitor

  bool stop(kue::Millis patience) { return flusher_.stop(patience); }  // true: nothing was lost
  BatchesCounts counts() const { return {refused_, flusher_.counts()}; }

  kue::Queue& queue() { return queue_; }
  kue::Logger& log() { return log_; }
  BatchesOptions const& options() const { return options_; }

 private:
  friend class RequestBatch;
  kue::Queue& queue_;
  BatchesOptions options_;
  kue::Logger log_;
  std::atomic<std::uint64_t> refused_{0};
  kue::Flusher flusher_;
};

}  // namespace spark::http
