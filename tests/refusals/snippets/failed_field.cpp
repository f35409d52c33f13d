// refused: failed() of a job must be one member function
#include <kue/kue.hpp>

struct Bad {
  bool failed = false;
  void run() const {}
};

void push(kue::Queue& queue) { queue.push(Bad()); }
