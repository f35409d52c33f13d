#include "kue/base/own_pid.hpp"

#include <pthread.h>
#include <unistd.h>

#include <atomic>

namespace kue {
namespace {

std::atomic<int> known{0};  // 0: to be asked
[[maybe_unused]] int const forgets_at_fork = ::pthread_atfork(nullptr, nullptr, [] { known.store(0, std::memory_order_relaxed); });

}  // namespace

int own_pid() noexcept {
  int pid = known.load(std::memory_order_relaxed);
  if (pid == 0) {
    pid = ::getpid();
    if (forgets_at_fork == 0) known.store(pid, std::memory_order_relaxed);
  }
  return pid;
}

}  // namespace kue
