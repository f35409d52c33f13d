// refused: run() and failed() take their parameters by reference
#include <kue/queue.hpp>

struct Bad {
  void run(int&) const {}
};

void push(kue::Queue& queue) { queue.push(Bad()); }
