#pragma once
// The job of the first page. Its fields are stored in the queue and read by the worker.

#include <spark/spark.hpp>

#include <chrono>
#include <string>
#include <thread>

struct HelloWorldJob {
  std::string name;

  void run(spark::Logger& log) const {
    std::this_thread::sleep_for(std::chrono::seconds(20));  // something expensive
    log.info("Hello World {}!", name);
  }
};
