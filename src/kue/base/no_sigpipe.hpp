#pragma once
// NoSigpipe: while it lives, this thread's write to a pipe that nobody reads is an error (EPIPE) and no signal that ends the
// program. Everybody else's handling of SIGPIPE stays as it was.

#include <csignal>
#include <ctime>

namespace kue {

class NoSigpipe {
 public:
  NoSigpipe() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~NoSigpipe() {
    timespec const now{};
    while (!sigismember(&before_, SIGPIPE) && ::sigtimedwait(&pipe_, nullptr, &now) == SIGPIPE) {
    }
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  NoSigpipe(NoSigpipe const&) = delete;
  NoSigpipe& operator=(NoSigpipe const&) = delete;

 private:
  sigset_t pipe_{}, before_{};
};

}  // namespace kue
