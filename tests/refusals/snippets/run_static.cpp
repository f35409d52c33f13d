// refused: run of a job must be a non-static member function
#include <kue/queue.hpp>

struct Bad {
  static void run() {}
};

void push(kue::Queue& queue) { queue.push(Bad()); }
