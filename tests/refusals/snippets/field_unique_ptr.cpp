// refused: a pointer cannot travel to another process
#include <kue/queue.hpp>

#include <memory>

struct Bad {
  std::unique_ptr<int> n;
  void run() const {}
};

void push(kue::Queue& queue) { queue.push(Bad()); }
