// refused: run() of a job must be one public member function
#include <kue/queue.hpp>

class Bad {
  void run() const {}
};

void push(kue::Queue& queue) { queue.push(Bad()); }
