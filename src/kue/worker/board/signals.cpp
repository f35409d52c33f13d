#include "kue/worker/board/signals.hpp"

#include "kue/base/no_sigpipe.hpp"

#include <kue/error.hpp>

#include <sys/signalfd.h>

#include <cerrno>
#include <cstring>

namespace kue::worker {
namespace {

// Of a child. Set once, before its handlers are.
Slot* own_slot = nullptr;
pid_t own_pid = 0;

void on_stop_signal(int) {
  int const error = errno;
  // A job may fork and go on without exec: its children have this handler too, and must not stop ours.
  if (own_slot != nullptr && ::getpid() == own_pid) own_slot->ask_to_stop();
  errno = error;
}

void forget_handlers() noexcept {
  for (int signal = 1; signal < NSIG; ++signal) {
    struct sigaction action {};
    if (::sigaction(signal, nullptr, &action) != 0) continue;
    if (action.sa_handler == SIG_DFL || action.sa_handler == SIG_IGN) continue;
    action = {};
    action.sa_handler = SIG_DFL;
    ::sigaction(signal, &action, nullptr);
  }
}

void set(int signal, void (*handler)(int)) noexcept {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;  // a stop must not interrupt the system calls of the job
  ::sigaction(signal, &action, nullptr);
}

void let_all_through() noexcept {
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

}  // namespace

MasterSignals::MasterSignals(std::initializer_list<int> handled) {
  sigset_t mask;
  ::sigemptyset(&mask);
  for (int const signal : handled) ::sigaddset(&mask, signal);
  ::sigprocmask(SIG_BLOCK, &mask, &before_);
  // With SIGCHLD ignored (some parents leave it so) the kernel reaps children itself and their fate is lost.
  struct sigaction action {};
  action.sa_handler = SIG_DFL;
  ::sigaction(SIGCHLD, &action, &child_before_);
  action.sa_handler = SIG_IGN;  // a log that nobody reads any more must not end the master
  ::sigaction(SIGPIPE, &action, &pipe_before_);
  fd_ = Fd(::signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!fd_) throw Error(ErrorKind::unavailable, std::string("cannot make a signalfd: ") + std::strerror(errno));
}

MasterSignals::~MasterSignals() {
  while (fd_ && next() != 0) {}
  ::sigaction(SIGCHLD, &child_before_, nullptr);
  ::sigaction(SIGPIPE, &pipe_before_, nullptr);
  ::sigprocmask(SIG_SETMASK, &before_, nullptr);
}

int MasterSignals::next() {
  signalfd_siginfo info{};
  if (::read(fd_.get(), &info, sizeof info) != static_cast<ssize_t>(sizeof info)) return 0;
  return static_cast<int>(info.ssi_signo);
}

void set_child_signals(Slot& slot) noexcept {
  forget_handlers();
  own_slot = &slot;
  own_pid = ::getpid();
  // A handler that does nothing instead of SIG_IGN: a program that a job starts gets the default back by exec.
  set(SIGPIPE, [](int) {});
  sigpipe_is_harmless = true;
  // In a process group of its own a child is a background process: a terminal set to `tostop` would freeze it at its
  // first log line.
  set(SIGTTOU, SIG_IGN);
  for (int const signal : {SIGTERM, SIGQUIT, SIGINT}) set(signal, on_stop_signal);
  let_all_through();
}

void set_keeper_signals() noexcept {
  forget_handlers();
  for (int const signal : {SIGTERM, SIGQUIT, SIGINT, SIGHUP, SIGTTIN, SIGTTOU, SIGPIPE}) set(signal, SIG_IGN);
  sigpipe_is_harmless = true;
  let_all_through();
}

}  // namespace kue::worker
