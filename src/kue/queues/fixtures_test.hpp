#pragma once
// Jobs and queues that the tests of this room share.

#include <kue/logger.hpp>
#include <kue/queue.hpp>
#include <kue/registry.hpp>

#include <string>
#include <vector>

namespace kue::queue_tests {

struct Greet {
  static constexpr std::string_view kind = "Greet";
  std::string name;
  int times = 1;
  void run(Logger& log) const {
    for (int i = 0; i < times; ++i) log.info("Hello {}", name);
  }
};

struct Kept : LogSink {
  std::vector<std::string> lines;
  void write(LogLine const& line) override { lines.emplace_back(line.text); }
};

struct NoServices : Services {
  void* find(std::type_info const&) override { return nullptr; }
  bool has(std::type_info const&) override { return false; }
};

}  // namespace kue::queue_tests
