// refused: long double has no exact JSON; use double
#include <kue/queue.hpp>

struct Bad {
  long double n = 0;
  void run() const {}
};

void push(kue::Queue& queue) { queue.push(Bad()); }
