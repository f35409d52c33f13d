#include "kue/base/log_buffer.hpp"

#include "kue/base/no_sigpipe.hpp"

#include <unistd.h>

#include <cerrno>

namespace kue {
namespace {

thread_local LogBuffer* current = nullptr;

}  // namespace

LogBuffer* LogBuffer::of_this_thread() noexcept { return current; }
void LogBuffer::use_in_this_thread(LogBuffer* buffer) noexcept { current = buffer; }

void write_to_stderr(std::string_view bytes) {
  NoSigpipe const guard;  // a log that nobody reads any more must end no server and no job
  while (::write(STDERR_FILENO, bytes.data(), bytes.size()) < 0 && errno == EINTR) {}
}

}  // namespace kue
