#include <kue/testing/log_lines.hpp>

#include <algorithm>
#include <utility>

namespace kue::testing {

void LogLines::write(LogLine const& line) {
  std::string text = std::string(to_string(line.level)) + " " + std::string(line.text);
  std::lock_guard const lock(mutex_);
  lines_.push_back(std::move(text));
}

std::vector<std::string> LogLines::lines() const {
  std::lock_guard const lock(mutex_);
  return lines_;
}

std::vector<std::string> LogLines::take() {
  std::lock_guard const lock(mutex_);
  return std::exchange(lines_, {});
}

bool LogLines::say(std::string_view text) const {
  std::lock_guard const lock(mutex_);
  return std::any_of(lines_.begin(), lines_.end(),
                     [&](std::string const& line) { return line.find(text) != std::string::npos; });
}

}  // namespace kue::testing
