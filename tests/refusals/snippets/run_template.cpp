// refused: run() of a job must be one public member function
#include <kue/queue.hpp>

struct Bad {
  template <class T> void run(T&) const {}
};

void push(kue::Queue& queue) { queue.push(Bad()); }
