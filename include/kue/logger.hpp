#pragma once
// Logger: one line a message on stderr, written with one write(2), so that lines of many processes never mix.
//
//   void run(kue::Logger& log) const { log.info("Hello World {}!", name); }
//   // 2026-11-24T10:00:20.004Z info  child[4242] job=HelloWorldJob#0193c2a0-... attempt=1 Hello World John!
//
// Control characters of the text are written as escapes (\n, \x1b), so that a job cannot forge lines.
// Thread-safe; copies are cheap and share the sink. A line that cannot be written is dropped.

#include <fmt/core.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace kue {

enum class LogLevel { debug, info, warn, error, off };
enum class LogFormat { text, json };

std::string_view to_string(LogLevel level);
std::optional<LogLevel> parse_log_level(std::string_view text);

struct LogLine {
  LogLevel level;
  std::string_view job;  // "KIND#ID attempt=N" of the job that runs, or empty
  std::string_view text;
};

class LogSink {
 public:
  virtual ~LogSink() = default;
  virtual void write(LogLine const& line) = 0;  // called by several threads at once
};

// The default sink. `role` names this process in each line: master, child, keeper, server, spark.
std::shared_ptr<LogSink> stderr_sink(LogFormat format = LogFormat::text);
void set_log_role(std::string_view role);  // of the whole process; called after each fork

class Logger {
 public:
  explicit Logger(std::shared_ptr<LogSink> sink = stderr_sink(), LogLevel level = LogLevel::info)
      : sink_(std::move(sink)), level_(level) {}

  template <class... A> void debug(fmt::format_string<A...> format, A&&... args) { print(LogLevel::debug, format, args...); }
  template <class... A> void info(fmt::format_string<A...> format, A&&... args) { print(LogLevel::info, format, args...); }
  template <class... A> void warn(fmt::format_string<A...> format, A&&... args) { print(LogLevel::warn, format, args...); }
  template <class... A> void error(fmt::format_string<A...> format, A&&... args) { print(LogLevel::error, format, args...); }

  void log(LogLevel level, std::string_view text) {
    if (enabled(level)) sink_->write({level, job_, text});
  }

  bool enabled(LogLevel level) const { return level >= level_ && level_ != LogLevel::off; }
  LogLevel level() const { return level_; }
  std::shared_ptr<LogSink> const& sink() const { return sink_; }

  // The same logger, each line marked with a job.
  Logger for_job(std::string job) const {
    Logger copy = *this;
    copy.job_ = std::move(job);
    return copy;
  }

 private:
  template <class... A> void print(LogLevel level, fmt::string_view format, A&... args) {
    if (enabled(level)) log(level, fmt::vformat(format, fmt::make_format_args(args...)));
  }

  std::shared_ptr<LogSink> sink_;
  LogLevel level_;
  std::string job_;
};

}  // namespace kue
