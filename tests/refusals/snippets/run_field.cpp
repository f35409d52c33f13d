// refused: run of a job must be a non-static member function
#include <kue/queue.hpp>

struct Bad {
  int run = 0;
};

void push(kue::Queue& queue) { queue.push(Bad()); }
