// accepted
#include <kue/queue.hpp>

struct Good final {
  int order = 0;
  void run() const {}
};

void push(kue::Queue& queue) { queue.push(Good(3)); }
