#pragma once
// NoSigpipe: while it lives, this thread's write to a pipe that nobody reads is an error (EPIPE) and no signal that
// ends the program. Everybody else's handling of SIGPIPE stays as it was.

#include <atomic>
#include <csignal>
#include <ctime>

namespace kue {

// Set by a process that handles SIGPIPE for good (those of a worker): a line of its log then costs one system call, not
// four.
inline std::atomic<bool> sigpipe_is_harmless{false};

class NoSigpipe {
 public:
  NoSigpipe() {
    if (idle_) return;
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~NoSigpipe() {
    if (idle_) return;
    timespec const now{};
    while (!sigismember(&before_, SIGPIPE) && ::sigtimedwait(&pipe_, nullptr, &now) == SIGPIPE) {}
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  NoSigpipe(NoSigpipe const&) = delete;
  NoSigpipe& operator=(NoSigpipe const&) = delete;

 private:
  bool const idle_ = sigpipe_is_harmless.load(std::memory_order_relaxed);
  sigset_t pipe_{}, before_{};
};

}  // namespace kue
