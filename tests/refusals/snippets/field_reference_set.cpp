// refused: a reference member cannot travel
#include <kue/queue.hpp>

inline int number = 0;
struct Bad {
  int& n = number;
  void run() const {}
};

void push(kue::Queue& queue) { queue.push(Bad()); }
