#pragma once
// SignalsBlocked: a thread that is started while one lives hears no signals; they are for the thread that started it.

#include <pthread.h>

#include <csignal>

namespace kue {

class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(SignalsBlocked const&) = delete;

 private:
  sigset_t before_;
};

}  // namespace kue
