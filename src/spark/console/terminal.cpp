#include "spark/console/terminal.hpp"

#include "kue/base/no_sigpipe.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace spark {
namespace {

std::string_view variable(char const* name) {
  char const* const value = std::getenv(name);
  return value ? value : std::string_view();
}

}  // namespace

bool is_terminal(int descriptor) { return ::isatty(descriptor) == 1; }

int terminal_width(int descriptor) {
  winsize size{};
  return ::ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

bool terminal_shows_colours() {
  std::string_view const term = variable("TERM");
  return variable("NO_COLOR").empty() && !term.empty() && term != "dumb";
}

void write_error(std::string_view text) {
  kue::NoSigpipe const guard;
  while (!text.empty()) {
    auto const written = ::write(STDERR_FILENO, text.data(), text.size());
    if (written > 0)
      text.remove_prefix(static_cast<std::size_t>(written));
    else if (errno != EINTR)
      return;
  }
}

}  // namespace spark
