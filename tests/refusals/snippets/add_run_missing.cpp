// refused: a job needs a member function run()
#include <kue/queue.hpp>

#include <kue/registry.hpp>

struct Bad {
  int order = 0;
};
void add(kue::Registry& registry) { registry.add<Bad>(); }
