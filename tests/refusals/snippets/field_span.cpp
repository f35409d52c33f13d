// refused: a view cannot travel
#include <kue/queue.hpp>

#include <span>

struct Bad {
  std::span<int> numbers;
  void run() const {}
};

void push(kue::Queue& queue) { queue.push(Bad()); }
