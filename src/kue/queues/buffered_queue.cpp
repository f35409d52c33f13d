#include <kue/buffered_queue.hpp>

#include <kue/error.hpp>

#include <condition_variable>
#include <mutex>
#include <thread>

namespace kue {
namespace {

constexpr Millis kRetryEvery{1000};

}  // namespace

// Two locks: `sending` is held over a whole flush so that two of them do not send one job side by side; `mutex` guards
// the list only, so that push never waits for a slow flush.
struct BufferedQueue::Buffer {
  Queue& behind;
  Logger log;
  std::size_t max;
  std::mutex sending;
  mutable std::mutex mutex;
  std::vector<Envelope> waiting;
  std::uint64_t failed = 0;
  bool retry_wanted = false, closing = false;
  std::condition_variable changed;
  std::thread retrier;  // started by the first flush that fails: a process that forks has none before

  void flush() {
    std::lock_guard const one_at_a_time(sending);
    std::vector<Envelope> batch;
    {
      std::lock_guard const lock(mutex);
      batch.swap(waiting);
    }
    if (batch.empty()) return;
    std::vector<Envelope> unsent = batch;  // push_many may move from its argument before it fails
    try {
      behind.push_many(batch);
      behind.flush();
    } catch (...) {
      keep_for_later(std::move(unsent));
      throw;
    }
  }

  void keep_for_later(std::vector<Envelope> unsent) {
    std::lock_guard const lock(mutex);
    unsent.insert(unsent.end(), std::make_move_iterator(waiting.begin()), std::make_move_iterator(waiting.end()));
    waiting = std::move(unsent);
    ++failed;
    retry_wanted = true;
    if (!closing && !retrier.joinable()) retrier = std::thread([this] { retry_until_closed(); });
    changed.notify_all();
  }

  void retry_until_closed() {
    std::unique_lock lock(mutex);
    while (!closing) {
      changed.wait(lock, [this] { return closing || retry_wanted; });
      if (changed.wait_for(lock, kRetryEvery, [this] { return closing; })) break;
      retry_wanted = false;
      lock.unlock();
      flush_and_log();
      lock.lock();
    }
  }

  void flush_and_log() noexcept {
    try {
      flush();
    } catch (std::exception const& error) {
      std::lock_guard const lock(mutex);
      log.error("{} buffered jobs could not be sent ({}); kept, tried again every second while this process lives",
                waiting.size(), error.what());
    }
  }

  void close() noexcept {
    {
      std::lock_guard const lock(mutex);
      closing = true;
    }
    changed.notify_all();
    if (retrier.joinable()) retrier.join();
    flush_and_log();
    if (!waiting.empty())
      log.error("{} buffered jobs are lost: the process ends and the queue behind does not take them", waiting.size());
  }
};

BufferedQueue::BufferedQueue(std::unique_ptr<Queue> behind, Logger log, std::size_t max_buffered)
    : behind_(std::move(behind)),
      buffer_(new Buffer{*behind_, std::move(log), max_buffered, {}, {}, {}, 0, false, false, {}, {}}) {}

BufferedQueue::~BufferedQueue() { buffer_->close(); }

Pushed BufferedQueue::push(Envelope job) {
  job.check();
  JobId const id = job.id;
  std::lock_guard const lock(buffer_->mutex);
  if (buffer_->waiting.size() >= buffer_->max) {
    throw Error(ErrorKind::full, "cannot push " + job.kind + ": " + std::to_string(buffer_->max) +
                                     " jobs wait for flush() already; call it, or push to the queue behind");
  }
  buffer_->waiting.push_back(std::move(job));
  return {id, PushStatus::collected};
}

void BufferedQueue::flush() {
  try {
    buffer_->flush();
  } catch (std::exception const& error) {
    buffer_->log.error("flush of {} jobs failed ({}); kept, tried again every second while this process lives",
                       buffered(), error.what());
    throw;
  }
}

std::size_t BufferedQueue::buffered() const {
  std::lock_guard const lock(buffer_->mutex);
  return buffer_->waiting.size();
}

std::uint64_t BufferedQueue::failed_flushes() const {
  std::lock_guard const lock(buffer_->mutex);
  return buffer_->failed;
}

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
