// refused: run() of a job must be one public member function
#include <kue/queue.hpp>

struct Bad {
  void run() const {}
  void run(kue::Logger&) const {}
};

void push(kue::Queue& queue) { queue.push(Bad()); }
