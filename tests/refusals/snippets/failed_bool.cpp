// refused: failed() of a job must return void
#include <kue/queue.hpp>

struct Bad {
  bool failed(kue::Failure const&) { return true; }
  void run() const {}
};

void push(kue::Queue& queue) { queue.push(Bad()); }
