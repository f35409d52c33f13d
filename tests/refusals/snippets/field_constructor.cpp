// refused: a job with constructors or private members must name its fields: KUE_FIELDS
#include <kue/queue.hpp>

struct Bad {
  Bad() = default;
  explicit Bad(int n) : order(n) {}
  int order = 0;
  void run() const {}
};

void push(kue::Queue& queue) { queue.push(Bad()); }
