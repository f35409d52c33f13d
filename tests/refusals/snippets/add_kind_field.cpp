// refused: the member 'kind' of a job must be `static constexpr std::string_view kind
#include <kue/queue.hpp>

#include <kue/registry.hpp>

struct Bad {
  std::string kind;
  void run() const {}
};
void add(kue::Registry& registry) { registry.add<Bad>(); }
