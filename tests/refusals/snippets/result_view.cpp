// refused: a view cannot travel
#include <kue/queue.hpp>

#include <kue/registry.hpp>

struct Bad {
  std::string_view run() const { return "x"; }
};
void add(kue::Registry& registry) { registry.add<Bad>(); }
