#pragma once
// Batch: the jobs of one request, sent together by flush() in one call of the queue.
//
//   kue::Batch batch(queue);
//   kue::JobId id = batch.push(SendInvoice(7), {.delay = 5min});   // only collected; the id is final
//   batch.flush();                                                 // durable when it returns
//
// flush() that throws keeps the jobs: call it again (pushing one id twice is one job), give the batch to a Flusher, or
// discard() it. With a store queue a failed flush pushed nothing, unless outcome_unknown(); a queue without a push_many
// of its own may have taken the first ones.
// A batch that ends without flush() pushes nothing and says so: a warning with kind and id of each job, never its
// arguments. So a handler that throws has pushed nothing. discard() is the same on purpose, without the warning.
// push() throws what Queue::push would for a job that the queue does not take, and Error(full) above the limits; the
// batch is then as before.
// Threads: one at a time, as a request. The queue lives longer than the batch.

#include <kue/logger.hpp>
#include <kue/queue.hpp>

#include <cstddef>
#include <vector>

namespace kue {

struct BatchLimits {
  std::size_t max_jobs = 1'000;              // of one request; more is a mistake, or an import: use push_many
  std::size_t max_bytes = 16 * 1024 * 1024;  // of the jobs as they lie in memory
};

class Batch {
 public:
  explicit Batch(Queue& queue, Logger log = Logger(), BatchLimits limits = {});
  ~Batch();
  Batch(Batch&& other) noexcept;
  Batch& operator=(Batch&& other) noexcept;  // what this one held ends as in the destructor

  // Answers `collected`.
  template <Job J> Pushed push(J const& job, PushOptions const& options = {}) {
    return push(make_envelope(job, options, queue_->clock()));
  }
  Pushed push(Envelope job);

  void flush();             // push_many, then the queue's own flush; the batch is empty then and may be used again
  void discard() noexcept;  // forgets the jobs, on purpose

  std::size_t size() const { return jobs_.size(); }
  bool empty() const { return jobs_.empty(); }
  std::vector<Envelope> const& jobs() const { return jobs_; }
  std::size_t bytes() const { return bytes_; }
  Queue& queue() const { return *queue_; }

 private:
  friend class Flusher;
  void say_what_is_dropped() noexcept;

  Queue* queue_;
  Logger log_;
  BatchLimits limits_;
  std::vector<Envelope> jobs_;
  std::size_t bytes_ = 0;
};

// "SendInvoice#0193c2a0-..., Welcome#0193c2a1-... and 3 more": how logs name jobs; arguments are nobody's business.
std::string names_of(std::vector<Envelope> const& jobs, std::size_t at_most = 20);

}  // namespace kue
