#include "kue/stores/memory/store.hpp"

namespace kue::memory {

StoreInfo MemoryStore::info() { return {.facts = {{"durability", "none: jobs end with this process"}, {"event_log", event_log_ ? "on" : "off"}}}; }

}  // namespace kue::memory
