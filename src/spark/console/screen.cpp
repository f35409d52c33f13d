#include "spark/console/screen.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>

namespace spark {
namespace {

// Lines that fit above the one in which the cursor rests.
std::size_t room() {
  winsize size{};
  bool const known = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 2;
  return known ? static_cast<std::size_t>(size.ws_row - 1) : 23;
}

}  // namespace

void Screen::draw(std::string_view text) {
  std::size_t const most = room();
  // Without wrapping a line is a line, whatever stands in it; it is on again before the picture's last byte.
  std::string picture = "\x1b[?7l";
  if (std::size_t const up = std::min(lines_, most); up > 0) picture += fmt::format("\x1b[{}A", up);
  picture += "\r\x1b[J";
  lines_ = 0;
  while (!text.empty() && lines_ < most) {
    auto const end = std::min(text.find('\n'), text.size());
    picture += text.substr(0, end);
    picture += "\n";
    text.remove_prefix(std::min(end + 1, text.size()));
    ++lines_;
  }
  out_.text(picture + "\x1b[?7h");
  out_.flush();
}

}  // namespace spark
