#pragma once
// SpdlogSink: what your own spdlog loggers say becomes lines of ours: one write a line, escaped, and inside of a job
// marked with it.
//
//   spdlog::set_default_logger(kue::spdlog_logger(log));
//   spdlog::info("charged order {}", 7);
//   // ... info  child[4242] job=ChargeCard#0193c2a0-... attempt=1 charged order 7
//
// Opt-in: needs spdlog (Debian: libspdlog-dev). For an application: <spark/log/spdlog_sink.hpp>.
// spdlog's trace is our debug, its critical our error; a logger's name stands before the text; patterns and formatters
// are not used, the line has our shape. Use synchronous loggers: an asynchronous one writes from a thread of its own,
// which works for no job and does not exist in the children of a worker. Thread-safe; a line that cannot be written is
// dropped.

#include <kue/logger.hpp>

#include <spdlog/logger.h>
#include <spdlog/sinks/sink.h>

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace kue {

class SpdlogSink final : public spdlog::sinks::sink {
 public:
  explicit SpdlogSink(Logger log) : log_(std::move(log)) {}
  // Asked at the first line, so that it can be made before the level is known.
  explicit SpdlogSink(std::function<Logger()> find) : find_(std::move(find)) {}

  void log(spdlog::details::log_msg const& message) override {
    Logger const& log = logger();
    LogLevel const level = level_of(message.level);
    if (!log.enabled(level)) return;
    std::string_view const text(message.payload.data(), message.payload.size());
    std::string named(message.logger_name.data(), message.logger_name.size());
    if (!named.empty()) named += ": ";
    Logger(log).log(level, named.append(text));
  }
  void flush() override {}  // nothing is kept back
  void set_pattern(std::string const&) override {}
  void set_formatter(std::unique_ptr<spdlog::formatter>) override {}

 private:
  static LogLevel level_of(spdlog::level::level_enum level) {
    if (level <= spdlog::level::debug) return LogLevel::debug;
    if (level == spdlog::level::info) return LogLevel::info;
    return level == spdlog::level::warn ? LogLevel::warn : LogLevel::error;
  }
  Logger const& logger() {
    std::call_once(found_, [this] {
      if (!log_) log_ = find_();
    });
    return *log_;
  }

  std::function<Logger()> find_;
  std::optional<Logger> log_;
  std::once_flag found_;
};

// A spdlog logger that writes through `log`. Its own level lets all through: that of `log` decides.
inline std::shared_ptr<spdlog::logger> spdlog_logger(Logger log, std::string name = {}) {
  auto logger = std::make_shared<spdlog::logger>(std::move(name), std::make_shared<SpdlogSink>(std::move(log)));
  logger->set_level(spdlog::level::trace);
  return logger;
}

}  // namespace kue
