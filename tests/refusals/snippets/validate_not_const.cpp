// refused: validate() of a job must be `void validate() const`
#include <kue/queue.hpp>

struct Bad {
  void validate() {}
  void run() const {}
};

void push(kue::Queue& queue) { queue.push(Bad()); }
