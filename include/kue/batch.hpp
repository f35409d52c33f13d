#pragma once
// Batch: the jobs of one request, sent together in one call of the queue. Either now:
//
//   kue::Batch batch(queue);
//   kue::JobId id = batch.push(SendInvoice(7), {.delay = 5min});   // only collected; the id is final
//   batch.flush();                                                 // durable when it returns
//
// or when the flusher says, before the response of a request or after it (kue/flusher.hpp). Keep the batch where the
// request lives:
//
//   kue::Batch jobs(flusher);                                      // when the request comes
//   jobs.push(SendInvoice(7));                                     // in the handler
//   jobs.handled();                                                // it has returned; throws kue::Error: answer 503
//   jobs.sent();                                                   // the response is out; the destructor will do, too
//
// A batch that ends while it collects (no flush(), no handled()) pushes nothing and says so: a warning with kind and id
// of each job, never its arguments. So a handler that throws has pushed nothing. discard() is the same on purpose,
// without the warning.
// push() throws what Queue::push would for a job that the queue does not take, and Error(full) above the limits; the
// batch is then as before.
// flush() that throws keeps the jobs: call it again (pushing one id twice is one job), or discard() it. With a store
// queue a failed flush pushed nothing, unless outcome_unknown(); a queue without a push_many of its own may have taken
// the first ones.
// Threads: one at a time, as a request. The queue lives longer than the batch.

#include <kue/logger.hpp>
#include <kue/queue.hpp>

#include <cstddef>
#include <exception>
#include <functional>
#include <list>
#include <memory>
#include <vector>

namespace kue {

class Flusher;
namespace detail {
class FlushLine;
struct Parcel;
}  // namespace detail

struct BatchLimits {
  std::size_t max_jobs = 1'000;              // of one request; more is a mistake, or an import: use push_many
  std::size_t max_bytes = 16 * 1024 * 1024;  // of the jobs as they lie in memory
};

class Batch {
 public:
  enum class State {
    collecting,  // its end drops the jobs
    handled,     // its end sends them
  };

  explicit Batch(Queue& queue, Logger log = Logger(), BatchLimits limits = {});
  explicit Batch(Flusher& flusher);  // over its queue, with its log and limits
  ~Batch();
  Batch(Batch&& other) noexcept;
  Batch& operator=(Batch&& other) noexcept;  // what this one held ends as in the destructor

  // Answers `collected`.
  template <Job J> Pushed push(J const& job, PushOptions const& options = {}) {
    return push(make_envelope(job, options, queue_->clock()));
  }
  Pushed push(Envelope job);

  void flush();             // push_many, then the queue's own flush; the batch is empty then and may be used again
  void discard() noexcept;  // forgets the jobs that it has collected, on purpose

  // ---- over a flusher
  // Before the response: sends the jobs, or makes sure of their room for later. Blocks while the queue does. If that
  // fails the log names the jobs, none of them is pushed, and the error is thrown.
  void handled();
  // The same for event loops. handled_without_waiting: false if the jobs must be sent first. handled(done): never
  // waits; `done` is told, with null or a kue::Error, at once on this thread or later on the flusher's. It must neither
  // throw nor wait.
  bool handled_without_waiting();
  void handled(std::function<void(std::exception_ptr)> done);
  // Takes the room, whatever the flusher's options say: the jobs go when this batch is told sent(), or ends. What has
  // its room can no longer be refused. Throws Error(full) if there is none; the batch is then as before.
  void hold();
  // After the response: gives what was handled to the flusher's thread, also what was pushed while a body was streamed.
  // Does nothing while the batch collects.
  void sent() noexcept;

  State state() const { return state_; }
  std::size_t size() const { return jobs_.size(); }
  bool empty() const { return jobs_.empty(); }
  std::vector<Envelope> const& jobs() const { return jobs_; }
  std::size_t bytes() const { return bytes_; }
  Queue& queue() const { return *queue_; }

 private:
  void take(Batch& other) noexcept;
  void end() noexcept;

  Queue* queue_;
  Logger log_;
  BatchLimits limits_;
  std::shared_ptr<detail::FlushLine> line_;  // null: over a queue
  State state_ = State::collecting;
  std::vector<Envelope> jobs_;
  std::size_t bytes_ = 0;
  std::list<detail::Parcel> held_;  // jobs that have their room; sending moves it, and cannot run out of memory
};

// "SendInvoice#0193c2a0-..., Welcome#0193c2a1-... and 3 more": how logs name jobs; arguments are nobody's business.
std::string names_of(std::vector<Envelope> const& jobs, std::size_t at_most = 20);

}  // namespace kue
