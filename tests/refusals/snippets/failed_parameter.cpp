// refused: run() and failed() take their parameters by reference
#include <kue/queue.hpp>

struct Bad {
  void failed(int) {}
  void run() const {}
};

void push(kue::Queue& queue) { queue.push(Bad()); }
