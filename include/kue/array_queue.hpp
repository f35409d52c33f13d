#pragma once
// ArrayQueue: a first-in first-out list in this process, for tests. Immediately visible, lost with the process.
//
//   kue::ArrayQueue queue;
//   queue.push(HelloWorldJob("John"));
//   EXPECT_EQ(queue.jobs().front().kind, "HelloWorldJob");
//
// Thread-safe. Honours no delay and no priority: such a push throws Error(refused).

#include <kue/queue.hpp>

#include <condition_variable>
#include <deque>
#include <mutex>

namespace kue {

class ArrayQueue : public Queue {
 public:
  using Queue::push;
  Pushed push(Envelope job) override;
  std::optional<Delivery> pop(Millis wait) override;

  std::vector<Envelope> jobs() const;  // a copy, oldest first

 private:
  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Envelope> jobs_;
};

}  // namespace kue
