#include "kue/base/own_pid.hpp"

#include "kue/base/wiped_page.hpp"

#include <unistd.h>

#include <atomic>
#include <new>

namespace kue {
namespace {

using Pid = std::atomic<int>;  // 0: to be asked
static_assert(Pid::is_always_lock_free, "a signal handler asks, too");

Pid* make_known() noexcept {
  void* const page = wiped_page();
  return page != nullptr ? new (page) Pid(0) : nullptr;
}

Pid* const known =
    make_known();  // null before this was run, and where the kernel cannot wipe: then it is asked each time

}  // namespace

int own_pid() noexcept {
  if (known == nullptr) return ::getpid();
  int pid = known->load(std::memory_order_relaxed);
  if (pid == 0) {
    pid = ::getpid();
    known->store(pid, std::memory_order_relaxed);
  }
  return pid;
}

}  // namespace kue
