#pragma once
// The store `memory:`: jobs in this process's memory, gone with it. The reference model of kue/store.hpp: whatever
// another store answers is compared with what this one answers (tests/model).

#include <kue/store.hpp>

#include <memory>

namespace kue::memory {

StoreDriver driver();  // of memory:. Each store that it opens is a new, empty one

}  // namespace kue::memory
