// refused: run() of a job must not be volatile, variadic, or end with & or &&
#include <kue/queue.hpp>

struct Bad {
  void run() && {}
};

void push(kue::Queue& queue) { queue.push(Bad()); }
