// refused: a pointer cannot travel to another process
#include <kue/queue.hpp>

struct Bad {
  int* n = nullptr;
  void run() const {}
};

void push(kue::Queue& queue) { queue.push(Bad()); }
