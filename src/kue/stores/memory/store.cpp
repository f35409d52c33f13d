#include "kue/stores/memory/store.hpp"

#include <kue/error.hpp>

#include <fmt/format.h>

#include <unistd.h>

namespace kue::memory {

std::unique_ptr<Store> open(StoreOptions const& options) { return std::make_unique<MemoryStore>(options); }

MemoryStore::MemoryStore(StoreOptions const& options)
    : clock_(options.clock ? *options.clock : Clock::system()), event_log_(options.event_log), owner_(::getpid()) {}

MemoryStore::Lock MemoryStore::lock() {
  // Before the mutex: after a fork another thread's lock would be held for ever.
  if (owner_ != ::getpid()) {
    throw Error(ErrorKind::refused, fmt::format("memory: was opened by process {} and is used by process {} after a fork; it cannot be shared "
                                                "between processes. Open sqlite:PATH after the fork, in each process.",
                                                owner_, ::getpid()));
  }
  return Lock(mutex_);
}

StoreCapabilities MemoryStore::capabilities() const { return {.across_processes = false, .events = event_log_}; }
std::string MemoryStore::description() const { return "memory:"; }

}  // namespace kue::memory
