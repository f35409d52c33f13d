// refused: a pointer cannot travel
#include <kue/queue.hpp>

#include <kue/registry.hpp>

struct Bad {
  int* run() const { return nullptr; }
};
void add(kue::Registry& registry) { registry.add<Bad>(); }
