// For the fence of the guide that sets the queue service: stands for examples/redis_queue, which needs hiredis.
#pragma once
#include <spark/spark.hpp>

struct Redis {};
inline constexpr spark::Service<Redis> redis{"redis"};

class MyRedisQueue : public kue::Queue {
 public:
  explicit MyRedisQueue(Redis&) {}
  using Queue::push;
  kue::Pushed push(kue::Envelope job) override { return {job.id}; }
  std::optional<kue::Delivery> pop(kue::Millis) override { return std::nullopt; }
};
