// refused: a multimap cannot travel; use a map of vectors
#include <kue/queue.hpp>

struct Bad {
  std::multimap<int, int> m;
  void run() const {}
};

void push(kue::Queue& queue) { queue.push(Bad()); }
