// refused: a struct with a base class must name its fields: KUE_FIELDS
#include <kue/queue.hpp>

struct Base {
  int id = 0;
};
struct Bad : Base {
  int order = 0;
  void run() const {}
};

void push(kue::Queue& queue) { queue.push(Bad()); }
