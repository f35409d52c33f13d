#pragma once
// LogLines: a log that is kept, for tests.
//
//   auto const lines = std::make_shared<kue::testing::LogLines>();
//   greet(kue::Logger(lines), "John");
//   EXPECT_TRUE(lines->say("Hello World John!"));
//
// A line is its level and its text as it was given: "info Hello World John!". Thread-safe; nothing fails.

#include <kue/logger.hpp>

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace kue::testing {

class LogLines : public LogSink {
 public:
  void write(LogLine const& line) override;

  std::vector<std::string> lines() const;
  std::vector<std::string> take();        // and forgets them
  bool say(std::string_view text) const;  // one of the lines holds it

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
};

}  // namespace kue::testing
