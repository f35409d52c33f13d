#include <kue/buffered_queue.hpp>

#include <kue/error.hpp>

#include <mutex>

namespace kue {
namespace {

constexpr Millis kRetryEvery{1000};

}  // namespace

// What waits, as a queue: the flusher calls its flush() until that succeeds.
// Two locks: `sending` is held over a whole flush so that two of them do not send one job side by side; `mutex` guards
// the list only, so that push never waits for a slow flush.
class BufferedQueue::Buffer final : public Queue {
 public:
  Buffer(Queue& behind, std::size_t max) : behind_(behind), max_(max) {}

  Pushed push(Envelope job) override {
    job.check();
    JobId const id = job.id;
    std::lock_guard const lock(mutex_);
    if (waiting_.size() >= max_) {
      throw Error(ErrorKind::full, "cannot push " + job.kind + ": " + std::to_string(max_) +
                                       " jobs wait for flush() already; call it, or push to the queue behind");
    }
    waiting_.push_back(std::move(job));
    return {id, PushStatus::collected};
  }

  void flush() override {
    std::lock_guard const one_at_a_time(sending_);
    std::vector<Envelope> batch;
    {
      std::lock_guard const lock(mutex_);
      batch.swap(waiting_);
    }
    if (batch.empty()) return;
    std::vector<Envelope> unsent = batch;  // push_many may move from its argument before it fails
    try {
      behind_.push_many(batch);
      behind_.flush();
    } catch (...) {
      std::lock_guard const lock(mutex_);
      unsent.insert(unsent.end(), std::make_move_iterator(waiting_.begin()), std::make_move_iterator(waiting_.end()));
      waiting_ = std::move(unsent);
      ++failed_;
      throw;
    }
  }

  std::optional<Delivery> pop(Millis) override { return std::nullopt; }

  std::size_t size() const {
    std::lock_guard const lock(mutex_);
    return waiting_.size();
  }
  std::uint64_t failed() const {
    std::lock_guard const lock(mutex_);
    return failed_;
  }

 private:
  Queue& behind_;
  std::size_t const max_;
  std::mutex sending_;
  mutable std::mutex mutex_;
  std::vector<Envelope> waiting_;
  std::uint64_t failed_ = 0;
};

BufferedQueue::BufferedQueue(std::unique_ptr<Queue> behind, Logger log, std::size_t max_buffered)
    : behind_(std::move(behind)), buffer_(std::make_unique<Buffer>(*behind_, max_buffered)), log_(std::move(log)) {
  flusher_.emplace(*buffer_,
                   FlusherOptions{.retry_min = kRetryEvery, .retry_max = kRetryEvery, .stop_timeout = Millis(0)}, log_);
}

BufferedQueue::~BufferedQueue() {
  flusher_.reset();
  if (buffered() == 0) return;
  try {
    flush();
  } catch (...) {
    log_.error("{} buffered jobs are lost: the process ends and the queue behind does not take them", buffered());
  }
}

Pushed BufferedQueue::push(Envelope job) { return buffer_->push(std::move(job)); }

void BufferedQueue::flush() {
  try {
    buffer_->flush();
  } catch (std::exception const& error) {
    log_.error("flush of {} jobs failed ({}); kept, tried again every second while this process lives", buffered(),
               error.what());
    try {
      if (flusher_) flusher_->flush_again();
    } catch (Error const&) {}  // after a fork: the next flush() tries
    throw;
  }
}

std::size_t BufferedQueue::buffered() const { return buffer_->size(); }
std::uint64_t BufferedQueue::failed_flushes() const { return buffer_->failed(); }

Pushed BufferedQueue::push_in(Foreign& transaction, Envelope job) {
  return behind_->push_in(transaction, std::move(job));
}
std::optional<Delivery> BufferedQueue::pop(Millis wait) { return behind_->pop(wait); }
std::vector<Delivery> BufferedQueue::pop_many(int max, Millis wait) { return behind_->pop_many(max, wait); }
void BufferedQueue::process(Consumer& worker) { behind_->process(worker); }
void BufferedQueue::finish(Delivery const& delivery, Outcome const& outcome) { behind_->finish(delivery, outcome); }
void BufferedQueue::release(Delivery const& delivery) { behind_->release(delivery); }
Capabilities BufferedQueue::capabilities() const { return behind_->capabilities(); }
void BufferedQueue::interrupt() noexcept { behind_->interrupt(); }

}  // namespace kue
