#pragma once
// Producer: a process that pushes one job after another and notes how long each took.
//
//   fill("/tmp/x/spark.db", 100'000);
//   Producer producer("/tmp/x/spark.db");
//   ... prune ...
//   Latencies pushes = producer.stop();

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

using Microseconds = std::chrono::microseconds;

struct Latencies {
  std::vector<std::int64_t> us;  // sorted
  std::int64_t at(double part) const {
    return us.empty() ? 0 : us[static_cast<std::size_t>(part * static_cast<double>(us.size() - 1))];
  }
};

class Producer {
 public:
  Producer(std::string file, Microseconds pause);
  ~Producer();
  Producer(Producer const&) = delete;
  Latencies stop();

 private:
  std::string file_;
  int commands_ = -1, answers_ = -1;
  pid_t pid_ = -1;
};

void fill(std::string const& file, int number);  // final jobs, pushed and cancelled
