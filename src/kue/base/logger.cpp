#include <kue/logger.hpp>

#include <kue/clock.hpp>

#include "kue/base/no_sigpipe.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <array>
#include <ctime>

namespace kue {
namespace {

// Role of this process. Written before threads start (at start and after a fork), read by all.
std::array<char, 16> role{"main"};

void append_time(fmt::memory_buffer& out) {
  auto const now = Clock::system().now().time_since_epoch().count();
  std::time_t const seconds = now / 1000;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  fmt::format_to(std::back_inserter(out), "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", parts.tm_year + 1900,
                 parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, now % 1000);
}

void append_code(fmt::memory_buffer& out, unsigned char c, bool json) {
  fmt::format_to(std::back_inserter(out), fmt::runtime(json ? "\\u{:04x}" : "\\x{:02x}"), c);
}

// Job data must not be able to forge a line or drive a terminal: control characters, and the C1 ones of UTF-8, are escaped.
void append_escaped(fmt::memory_buffer& out, std::string_view text, bool json) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto const c = static_cast<unsigned char>(text[i]);
    bool const c1 = c == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0;
    if (c1) {
      append_code(out, static_cast<unsigned char>(text[++i]), json);
    } else if (c == '\n') {
      out.append(std::string_view("\\n"));
    } else if (c < 0x20 || c == 0x7f) {
      append_code(out, c, json);
    } else if (json && (c == '"' || c == '\\')) {
      out.push_back('\\');
      out.push_back(text[i]);
    } else {
      out.push_back(text[i]);
    }
  }
}

void format_text(fmt::memory_buffer& out, LogLine const& line) {
  append_time(out);
  fmt::format_to(std::back_inserter(out), " {:<5} {}[{}] ", to_string(line.level), role.data(), ::getpid());
  if (!line.job.empty()) {
    out.append(std::string_view("job="));
    append_escaped(out, line.job, false);
    out.push_back(' ');
  }
  append_escaped(out, line.text, false);
}

void format_json(fmt::memory_buffer& out, LogLine const& line) {
  out.append(std::string_view("{\"time\":\""));
  append_time(out);
  fmt::format_to(std::back_inserter(out), R"(","level":"{}","role":"{}","pid":{})", to_string(line.level), role.data(), ::getpid());
  if (!line.job.empty()) {
    out.append(std::string_view(",\"job\":\""));
    append_escaped(out, line.job, true);
    out.push_back('"');
  }
  out.append(std::string_view(",\"text\":\""));
  append_escaped(out, line.text, true);
  out.append(std::string_view("\"}"));
}

class StderrSink final : public LogSink {
 public:
  explicit StderrSink(LogFormat format) : format_(format) {}

  void write(LogLine const& line) override {
    fmt::memory_buffer out;
    format_ == LogFormat::json ? format_json(out, line) : format_text(out, line);
    out.push_back('\n');
    // One write: lines of several processes that share the terminal or file never mix. No buffer: nothing to lose in a crash,
    // nothing printed twice after a fork.
    NoSigpipe const guard;  // a log that nobody reads any more must end no server and no job
    [[maybe_unused]] auto const written = ::write(STDERR_FILENO, out.data(), out.size());
  }

 private:
  LogFormat format_;
};

}  // namespace

std::string_view to_string(LogLevel level) {
  switch (level) {
    case LogLevel::debug: return "debug";
    case LogLevel::info: return "info";
    case LogLevel::warn: return "warn";
    case LogLevel::error: return "error";
    case LogLevel::off: return "off";
  }
  return "unknown";
}

std::optional<LogLevel> parse_log_level(std::string_view text) {
  for (auto const level : {LogLevel::debug, LogLevel::info, LogLevel::warn, LogLevel::error, LogLevel::off}) {
    if (to_string(level) == text) return level;
  }
  return std::nullopt;
}

std::shared_ptr<LogSink> stderr_sink(LogFormat format) { return std::make_shared<StderrSink>(format); }

void set_log_role(std::string_view name) {
  role.fill('\0');
  name.copy(role.data(), role.size() - 1);
}

}  // namespace kue
