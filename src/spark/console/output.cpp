#include "spark/console/output.hpp"

#include <kue/error.hpp>

#include "kue/base/no_sigpipe.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace spark {

void Output::flush() {
  std::string const text = std::move(text_);
  text_.clear();
  kue::NoSigpipe const guard;
  std::string_view rest = text;
  while (!rest.empty()) {
    auto const written = ::write(STDOUT_FILENO, rest.data(), rest.size());
    if (written >= 0) {
      rest.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EPIPE) {
      throw ReaderGone{};
    } else if (errno == EAGAIN) {  // somebody made our end non-blocking
      pollfd ready{.fd = STDOUT_FILENO, .events = POLLOUT};
      (void)::poll(&ready, 1, 1000);
    } else if (errno != EINTR) {
      auto const kind = errno == ENOSPC ? kue::ErrorKind::full : kue::ErrorKind::unavailable;
      throw kue::Error(kind, fmt::format("cannot write to standard output: {}", std::strerror(errno)));
    }
  }
}

}  // namespace spark
