// refused: a job needs a member function run()
#include <kue/queue.hpp>

struct Bad final {
  int order = 0;
};

void push(kue::Queue& queue) { queue.push(Bad()); }
