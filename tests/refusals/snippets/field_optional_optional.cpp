// refused: an optional in an optional cannot be told apart
#include <kue/queue.hpp>

struct Bad {
  std::optional<std::optional<int>> n;
  void run() const {}
};

void push(kue::Queue& queue) { queue.push(Bad()); }
