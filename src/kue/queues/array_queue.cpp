#include <kue/array_queue.hpp>

#include "kue/base/bounded.hpp"

namespace kue {

Pushed ArrayQueue::push(Envelope job) {
  job.check();
  JobId const id = job.id;
  {
    std::lock_guard const lock(mutex_);
    jobs_.push_back(std::move(job));
  }
  arrived_.notify_one();
  return {id};
}

std::optional<Delivery> ArrayQueue::pop(Millis wait) {
  std::unique_lock lock(mutex_);
  if (!arrived_.wait_for(lock, bounded(wait), [this] { return !jobs_.empty(); })) return std::nullopt;
  Delivery delivery;
  delivery.job = std::move(jobs_.front());
  jobs_.pop_front();
  delivery.claim.id = delivery.job.id;
  delivery.claim.queue = delivery.job.queue;
  delivery.tally.max_attempts = delivery.job.max_attempts;
  delivery.claimed_at = Clock::system().now();
  return delivery;
}

std::vector<Envelope> ArrayQueue::jobs() const {
  std::lock_guard const lock(mutex_);
  return {jobs_.begin(), jobs_.end()};
}

}  // namespace kue
