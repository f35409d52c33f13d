// accepted
#include <kue/queue.hpp>

struct Good {
  int order = 0;
  void run() const {}
};

void push(kue::Queue& queue) { queue.push(kue::make_envelope(Good(3))); }
