// refused: a job is a struct or class with run()
#include <kue/queue.hpp>

struct Bad {
  void run() const {}
};

void push(kue::Queue& queue) { queue.push(static_cast<Bad*>(nullptr)); }
