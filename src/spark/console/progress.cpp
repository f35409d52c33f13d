#include "spark/console/progress.hpp"

#include "spark/console/change.hpp"
#include "spark/console/printable.hpp"
#include "spark/console/terminal.hpp"
#include "spark/console/times.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

namespace spark {
namespace {

using namespace std::chrono_literals;

constexpr auto kFirst = 500ms;
constexpr auto kTerminalEvery = 100ms;
constexpr auto kLogEvery = 10s;
constexpr std::int64_t kBar = 24;

std::string bar(std::int64_t done, std::int64_t total) {
  auto const filled = static_cast<std::size_t>(std::min(done, total) * kBar / total);
  return "[" + std::string(filled, '#') + std::string(static_cast<std::size_t>(kBar) - filled, '.') + "]";
}

// From what went by until now; nothing as long as that says little.
std::string left(std::int64_t done, std::int64_t total, kue::Millis spent) {
  if (done <= 0 || done >= total || spent < 1s) return "";
  auto const rest = static_cast<std::int64_t>(static_cast<double>(spent.count()) * static_cast<double>(total - done) /
                                              static_cast<double>(done));
  return ", " + span_text(kue::Millis(std::max<std::int64_t>(rest, 1000))) + " left";
}

}  // namespace

Progress::Progress(Call const& call, std::string verb, std::int64_t total)
    : verb_(std::move(verb)),
      total_(total),
      terminal_(is_terminal(STDERR_FILENO)),
      silent_(!terminal_ && call.style.json()),
      began_(kue::Clock::system().steady_now()),
      next_(began_ + (terminal_ ? kue::Millis(kFirst) : kue::Millis(kLogEvery))) {}

Progress::~Progress() {
  if (drawn_ && terminal_) write_error("\r\x1b[K");
}

std::string Progress::line(std::int64_t done, kue::SteadyPoint now) const {
  if (total_ <= 0) return fmt::format("{} {}", verb_, grouped(done));
  auto const percent = std::min<std::int64_t>(100, done * 100 / total_);
  return fmt::format("{} {}{} % {} of {}{}", verb_, terminal_ ? bar(done, total_) + " " : "", percent, grouped(done),
                     grouped(total_), left(done, total_, std::chrono::duration_cast<kue::Millis>(now - began_)));
}

void Progress::at(std::int64_t done) {
  auto const now = kue::Clock::system().steady_now();
  if (silent_ || now < next_) return;
  next_ = now + (terminal_ ? kue::Millis(kTerminalEvery) : kue::Millis(kLogEvery));
  drawn_ = true;
  if (!terminal_) return write_error(line(done, now) + "\n");
  int const width = terminal_width(STDERR_FILENO);
  write_error("\r" + shortened(line(done, now), width > 12 ? static_cast<std::size_t>(width - 1) : 100) + "\x1b[K");
}

}  // namespace spark
