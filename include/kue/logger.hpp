#pragma once
// Logger: one line a message on stderr, written with one write(2), so that lines of many processes never mix.
//
//   void run(kue::Logger& log) const { log.info("Hello World {}!", name); }
//   // 2026-11-24T10:00:20.004Z info  child[4242] job=HelloWorldJob#0193c2a0-... attempt=1 Hello World John!
//
// Every logger marks the lines that a thread writes while it works for a job (kue/job_mark.hpp), not only the injected
// one.
// Control characters of the text are written as escapes (\n, \x1b), so that a job cannot forge lines. A text that does
// not fit into one line of 4096 bytes, which is what the kernel never mixes with the lines of others, is written in
// numbered parts.
// Thread-safe; copies are cheap and share the sink. A line that cannot be written is dropped.

#include <kue/job_mark.hpp>

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
  JobMark job;  // that the writing thread works for, or none
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

  template <class... A> void debug(fmt::format_string<A...> format, A&&... args) {
    print(LogLevel::debug, format, args...);
  }
  template <class... A> void info(fmt::format_string<A...> format, A&&... args) {
    print(LogLevel::info, format, args...);
  }
  template <class... A> void warn(fmt::format_string<A...> format, A&&... args) {
    print(LogLevel::warn, format, args...);
  }
  template <class... A> void error(fmt::format_string<A...> format, A&&... args) {
    print(LogLevel::error, format, args...);
  }

  void log(LogLevel level, std::string_view text) {
    if (enabled(level)) sink_->write({level, job_ ? job_ : current_job(), text});
  }

  bool enabled(LogLevel level) const { return level >= level_ && level_ != LogLevel::off; }
  LogLevel level() const { return level_; }
  std::shared_ptr<LogSink> const& sink() const { return sink_; }

  // The same logger, each line marked with this job whatever the thread works for.
  Logger for_job(JobMark job) const {
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
  JobMark job_;
};

}  // namespace kue
