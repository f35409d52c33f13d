#include "kue/base/log_burst.hpp"

#include "kue/base/no_sigpipe.hpp"

#include <unistd.h>

#include <cerrno>

namespace kue {
namespace {

thread_local LogBurst* current = nullptr;

}  // namespace

LogBurst::LogBurst() : before_(current) { current = this; }

LogBurst::~LogBurst() {
  send();
  current = before_;
}

LogBurst* LogBurst::of_this_thread() noexcept { return current; }

void LogBurst::add(std::string_view line) {
  if (lines_.size() + line.size() > kMostUnmixed) send();
  lines_.reserve(kMostUnmixed);
  lines_ += line;
}

void LogBurst::send() {
  if (!lines_.empty()) write_to_stderr(lines_);
  lines_.clear();
}

void write_to_stderr(std::string_view bytes) {
  NoSigpipe const guard;  // a log that nobody reads any more must end no server and no job
  while (::write(STDERR_FILENO, bytes.data(), bytes.size()) < 0 && errno == EINTR) {}
}

}  // namespace kue
