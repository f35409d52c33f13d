#include "kue/stores/memory/verbs/store.hpp"

#include <kue/error.hpp>

namespace kue::memory {

StoreDriver driver() {
  auto const open = [](std::string const& url, StoreOptions const& options) -> std::unique_ptr<Store> {
    if (url != "memory:")
      throw Error(ErrorKind::invalid, "store URL '" + url + "' says more than memory: takes; write memory: alone");
    return std::make_unique<MemoryStore>(options);
  };
  return {.scheme = "memory", .example = "memory:", .version = {}, .open = open};
}

MemoryStore::MemoryStore(StoreOptions const& options)
    : clock_(options.clock ? *options.clock : Clock::system()),
      event_log_(options.event_log),
      tables_(clock_, event_log_, bell_) {}

StoreCapabilities MemoryStore::capabilities() const { return {.one_host = true, .events = event_log_}; }
std::string MemoryStore::description() const { return "memory:"; }

}  // namespace kue::memory
