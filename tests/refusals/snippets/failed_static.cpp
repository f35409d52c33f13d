// refused: failed() of a job must be one member function
#include <kue/queue.hpp>

struct Bad {
  static void failed() {}
  void run() const {}
};

void push(kue::Queue& queue) { queue.push(Bad()); }
