// refused: the key of a map that travels must be std::string, an integer or an enum
#include <kue/queue.hpp>

struct Bad {
  std::map<std::vector<int>, int> m;
  void run() const {}
};

void push(kue::Queue& queue) { queue.push(Bad()); }
