// refused: a C array cannot be a field; use std::array
#include <kue/queue.hpp>

struct Bad {
  int numbers[1];
  void run() const {}
};

void push(kue::Queue& queue) { queue.push(Bad()); }
