// refused: a const member cannot be filled in
#include <kue/queue.hpp>

struct Part {
  const int n = 3;
};
struct Bad {
  Part part;
  void run() const {}
};

void push(kue::Queue& queue) { queue.push(Bad()); }
