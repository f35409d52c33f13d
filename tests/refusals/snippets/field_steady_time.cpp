// refused: a time of steady_clock means nothing to another process
#include <kue/queue.hpp>

struct Bad {
  std::chrono::steady_clock::time_point at;
  void run() const {}
};

void push(kue::Queue& queue) { queue.push(Bad()); }
