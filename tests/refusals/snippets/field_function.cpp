// refused: this type cannot travel
#include <kue/queue.hpp>

#include <functional>

struct Bad {
  std::function<void()> done;
  void run() const {}
};

void push(kue::Queue& queue) { queue.push(Bad()); }
