// refused: the member 'kind' of a job must be `static constexpr std::string_view kind
#include <kue/queue.hpp>

struct Bad {
  std::string kind;
  void run() const {}
};

void push(kue::Queue& queue) { queue.push(Bad()); }
