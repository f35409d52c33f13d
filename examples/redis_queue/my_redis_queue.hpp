#pragma once
// A simple queue that uses a Redis list: at most once, no delay. The store queue of spark does more; this shows how
// little a queue of your own needs.

#include "redis.hpp"

#include <spark/spark.hpp>

class MyRedisQueue : public spark::Queue {
 public:
  explicit MyRedisQueue(Redis& redis) : redis_(redis) {}

  using spark::Queue::push;
  kue::Pushed push(spark::Envelope job) override {
    redis_.call({"RPUSH", kQueueKey, job.to_bytes()});
    return {job.id};
  }

  std::optional<kue::Delivery> pop(kue::Millis wait) override {
    auto const seconds = std::max<kue::Millis::rep>(1, wait.count() / 1000);  // 0 would wait forever
    std::vector<std::string> const reply = redis_.call({"BLPOP", kQueueKey, std::to_string(seconds)});
    if (reply.empty()) return std::nullopt;                                 // nothing came
    return kue::Delivery{.job = spark::Envelope::from_bytes(reply.at(1))};  // reply: the list's name, the job
  }

 private:
  static constexpr auto kQueueKey = "spark:queue";
  Redis& redis_;
};
