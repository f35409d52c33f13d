// refused: each compiler spells the name of a template in its own way
#include <kue/queue.hpp>

template <class T> struct Bad {
  T value{};
  void run() const {}
};

void push(kue::Queue& queue) { queue.push(Bad<int>()); }
