// refused: run() and failed() take their parameters by reference
#include <kue/logger.hpp>
#include <kue/queue.hpp>

struct Bad {
  void run(kue::Logger) const {}
};

void push(kue::Queue& queue) { queue.push(Bad()); }
