// refused: a const member cannot be filled in
#include <kue/queue.hpp>

struct Bad {
  const int n = 3;
  void run() const {}
};

void push(kue::Queue& queue) { queue.push(Bad()); }
