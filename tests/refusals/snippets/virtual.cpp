// refused: a job must not have virtual functions
#include <kue/queue.hpp>

struct Bad {
  virtual void run() {}
};

void push(kue::Queue& queue) { queue.push(Bad()); }
