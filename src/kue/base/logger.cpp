#include <kue/logger.hpp>

#include <kue/clock.hpp>

#include "kue/base/log_buffer.hpp"
#include "kue/base/own_pid.hpp"
#include "kue/base/utf8.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>
#include <string>
#include <vector>

namespace kue {
namespace {

// Role of this process. Written before threads start (at start and after a fork), read by all.
std::array<char, 16> role{"main"};

// The kernel never mixes a write up to this size with those of other processes, not even in a pipe.
constexpr std::size_t kMaxLine = kMostUnmixed;
constexpr std::size_t kPartRoom = 32;            // for "(12/34) ", or the same in JSON
constexpr std::size_t kMaxText = 64 * kMaxLine;  // of one message; nobody reads more

using TimeText = std::array<char, 24>;  // 2026-11-24T10:00:20.004Z

TimeText time_text() {
  thread_local std::time_t shown = -1;  // many lines fall into one second
  thread_local TimeText text{};
  auto const now = Clock::system().now().time_since_epoch().count();
  std::time_t const seconds = now / 1000;
  if (seconds != shown) {
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    fmt::format_to_n(text.data(), text.size(), "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.000Z", parts.tm_year + 1900,
                     parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
    shown = seconds;
  }
  auto const millis = static_cast<int>(now % 1000);
  text[20] = static_cast<char>('0' + millis / 100);
  text[21] = static_cast<char>('0' + millis / 10 % 10);
  text[22] = static_cast<char>('0' + millis % 10);
  return text;
}

std::string_view padded(LogLevel level) {
  switch (level) {
    case LogLevel::info: return "info ";
    case LogLevel::warn: return "warn ";
    default: return to_string(level);
  }
}

// Appends the first character of `rest` as it may stand in a line, and says how long it was there. Job data must not be
// able to forge a line or drive a terminal: what is no UTF-8 and what a terminal obeys is escaped.
std::size_t append_character(std::string& out, std::string_view rest, LogFormat format) {
  bool const json = format == LogFormat::json;
  auto const [code, size] = utf8_character(rest);
  if (size == 0) {
    json ? out.append("\\ufffd") : out.append(fmt::format("\\x{:02x}", static_cast<unsigned char>(rest[0])));
    return 1;
  }
  if (code == '\n') {
    out += "\\n";
  } else if (is_dangerous(code)) {
    json ? append_json_escape(out, code) : append_escape(out, code);
  } else if (json && (code == '"' || code == '\\')) {
    out += '\\';
    out += rest[0];
  } else {
    out += rest.substr(0, size);
  }
  return size;
}

// Printable ASCII that no format escapes: nearly every text. Scans the whole text, sixteen bytes at a time, without an
// early exit.
bool is_plain(std::string_view text) {
  unsigned char strange = 0;
  for (char const c : text) {
    auto const byte = static_cast<unsigned char>(c);
    strange = static_cast<unsigned char>(strange | (byte < ' ') | (byte > '~') | (byte == '"') | (byte == '\\'));
  }
  return strange == 0;
}

// The text in pieces that each fit into `room`; one, if it is no longer.
std::vector<std::string> pieces_of(std::string_view text, std::size_t room, LogFormat format) {
  if (text.size() <= room && is_plain(text)) return {std::string(text)};
  std::vector<std::string> pieces(1);
  std::string character;
  for (std::string_view rest = text.substr(0, kMaxText); !rest.empty();) {
    character.clear();
    rest.remove_prefix(append_character(character, rest, format));
    if (pieces.back().size() + character.size() > room) pieces.emplace_back();
    pieces.back() += character;
  }
  if (text.size() > kMaxText) pieces.push_back(fmt::format("... (cut, {} bytes in all)", text.size()));
  return pieces;
}

std::string escaped(std::string_view text, LogFormat format) {
  if (is_plain(text)) return std::string(text);
  std::string out;
  while (!text.empty()) text.remove_prefix(append_character(out, text, format));
  return out;
}

std::string head_of(LogLine const& line, LogFormat format) {
  bool const json = format == LogFormat::json;
  std::string head = json ? "{\"time\":\"" : "";
  TimeText const time = time_text();
  head.append(time.data(), time.size());
  auto const out = std::back_inserter(head);
  if (json) {
    fmt::format_to(out, R"(","level":"{}","role":"{}","pid":{})", to_string(line.level), role.data(), own_pid());
    if (line.job) {
      fmt::format_to(out, R"(,"job":"{}","kind":"{}","attempt":{})", line.job.id().str(),
                     escaped(line.job.kind(), format), line.job.attempt());
    }
  } else {
    fmt::format_to(out, " {} {}[{}] ", padded(line.level), role.data(), own_pid());
    if (line.job) head.append("job=").append(escaped(line.job.text(), format)) += ' ';
  }
  return head;
}

std::string one_line(std::string const& head, std::string const& piece, std::size_t part, std::size_t parts,
                     LogFormat format) {
  if (format == LogFormat::text)
    return parts == 1 ? head + piece + "\n" : fmt::format("{}({}/{}) {}\n", head, part, parts, piece);
  return parts == 1 ? fmt::format("{},\"text\":\"{}\"}}\n", head, piece)
                    : fmt::format("{},\"part\":{},\"parts\":{},\"text\":\"{}\"}}\n", head, part, parts, piece);
}

// The line of a plain text that fits, which nearly every one is: the same as one_line gives, made without a detour over
// the heap.
class PlainLine {
 public:
  static bool suits(LogLine const& line, LogFormat format) {
    return format == LogFormat::text && line.text.size() + line.job.text().size() <= kMaxLine - kMostElse &&
           is_plain(line.text) && is_plain(line.job.text());
  }

  explicit PlainLine(LogLine const& line) {
    TimeText const time = time_text();
    std::array<char, 12> pid;
    char* const pid_end = std::to_chars(pid.data(), pid.data() + pid.size(), own_pid()).ptr;
    add({time.data(), time.size()})
        .add(" ")
        .add(padded(line.level))
        .add(" ")
        .add(role.data())
        .add("[")
        .add({pid.data(), pid_end})
        .add("] ");
    if (line.job) add("job=").add(line.job.text()).add(" ");
    add(line.text).add("\n");
  }
  std::string_view text() const { return {bytes_, size_}; }

 private:
  static constexpr std::size_t kMostElse = 128;  // time, level, role, pid and what stands between

  PlainLine& add(std::string_view part) {
    size_ += part.copy(bytes_ + size_, part.size());
    return *this;
  }

  char bytes_[kMaxLine];
  std::size_t size_ = 0;
};

class StderrSink final : public LogSink {
 public:
  explicit StderrSink(LogFormat format) : format_(format) {}

  void write(LogLine const& line) override {
    if (PlainLine::suits(line, format_)) return send(PlainLine(line).text());
    std::string const head = head_of(line, format_);
    std::size_t const room = std::max(kMaxLine - std::min(kMaxLine, head.size() + kPartRoom), kPartRoom);
    std::vector<std::string> const pieces = pieces_of(line.text, room, format_);
    for (std::size_t i = 0; i < pieces.size(); ++i) send(one_line(head, pieces[i], i + 1, pieces.size(), format_));
  }

 private:
  // One write a line: lines of several processes that share the terminal, file or pipe never mix. No buffer, unless
  // this thread has one that outlives a crash: nothing to lose, nothing printed twice after a fork.
  static void send(std::string_view line) {
    if (LogBuffer* const buffer = LogBuffer::of_this_thread())
      buffer->add(line);
    else
      write_to_stderr(line);
  }

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
