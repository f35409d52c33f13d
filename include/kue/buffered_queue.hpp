#pragma once
// BufferedQueue: push collects, flush sends everything in one call of the queue behind it.
//
//   app[spark::queue] = app.share(
//       [] { return std::make_unique<kue::BufferedQueue>(kue::open_store_queue("sqlite:spark.db")); });
//   // a web adapter calls flush() after the response was sent
//
// What it can lose: all that was pushed and not flushed dies with the process. A flush that fails keeps the jobs,
// logs, counts (failed_flushes), throws, and tries again with the next flush and, as long as the process lives, by
// itself every second; pushing one id twice is one job, so trying again repeats nothing. At most `max_buffered` jobs
// wait; then push throws Error(full). The destructor flushes and logs what it could not send. Thread-safe.

#include <kue/flusher.hpp>

#include <memory>
#include <optional>

namespace kue {

class BufferedQueue : public Queue {
 public:
  explicit BufferedQueue(std::unique_ptr<Queue> behind, Logger log = Logger(), std::size_t max_buffered = 10'000);
  ~BufferedQueue() override;

  using Queue::push;
  Pushed push(Envelope job) override;
  Pushed push_in(Foreign& transaction, Envelope job) override;  // of the queue behind, at once
  void flush() override;
  std::optional<Delivery> pop(Millis wait) override;  // of the queue behind
  std::vector<Delivery> pop_many(int max, Millis wait) override;
  void process(Consumer& worker) override;
  void finish(Delivery const& delivery, Outcome const& outcome) override;
  void release(Delivery const& delivery) override;
  Capabilities capabilities() const override;
  Clock const& clock() const override { return behind_->clock(); }
  void interrupt() noexcept override;

  std::size_t buffered() const;
  std::uint64_t failed_flushes() const;
  Queue* behind() override { return behind_.get(); }

 private:
  class Buffer;
  std::unique_ptr<Queue> behind_;
  std::unique_ptr<Buffer> buffer_;
  Logger log_;
  std::optional<Flusher> flusher_;  // tries again
};

}  // namespace kue
