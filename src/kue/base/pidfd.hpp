#pragma once
// pidfd: a process by a descriptor, which cannot come to mean another one as a number can.
//
//   Fd child = open_pidfd(pid);      // readable once the process has ended
//   if (!child) ...errno...

#include "kue/base/fd.hpp"

#include <sys/syscall.h>

namespace kue {

// Empty, with errno, if there is no such process. It is closed at exec.
inline Fd open_pidfd(int pid) noexcept { return Fd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))); }

// False, with errno, if the process has ended. Async-signal-safe.
inline bool kill_by_pidfd(int pidfd, int signal) noexcept {
  return ::syscall(SYS_pidfd_send_signal, pidfd, signal, nullptr, 0) == 0;
}

}  // namespace kue
