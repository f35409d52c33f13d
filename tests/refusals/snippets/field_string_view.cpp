// refused: a view cannot travel
#include <kue/queue.hpp>

struct Bad {
  std::string_view name;
  void run() const {}
};

void push(kue::Queue& queue) { queue.push(Bad()); }
