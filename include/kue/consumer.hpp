#pragma once
// Consumer: who pops from a queue, as far as the queue knows it. A kue::Worker is one.
//
//   void process(kue::Consumer& worker) override {  // of MyRedisQueue
//     names_ = worker.queues();
//     worker.on(kue::WorkerEvent::discard, [this](kue::EventInfo const& e) {
//       redis_.rpush("discarded", e.job.str());
//     });
//   }
//
// Threads: used by the thread that pops. It lives longer than the last pop.

#include <kue/worker_event.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace kue {

class Consumer {
 public:
  virtual ~Consumer() = default;

  virtual Consumer& on(WorkerEvent event, EventHandler handler) = 0;  // several per event, in order

  virtual std::uint64_t node() const = 0;                      // 64 random bits per start of a worker
  virtual std::uint64_t holder() const = 0;                    // 64 random bits per process, never used again
  virtual std::vector<std::string> const& queues() const = 0;  // in order of preference; empty: all
  virtual std::vector<int> const& queue_weights()
      const = 0;  // one a queue, 1 to 1000; empty: the queues are asked as they stand
};

}  // namespace kue
