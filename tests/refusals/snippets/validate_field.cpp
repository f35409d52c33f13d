// refused: validate() of a job must be `void validate() const`
#include <kue/queue.hpp>

struct Bad {
  bool validate = false;
  void run() const {}
};

void push(kue::Queue& queue) { queue.push(Bad()); }
