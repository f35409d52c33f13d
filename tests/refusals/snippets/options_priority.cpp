// refused: options.priority must be -1000 to 1000
#include <kue/queue.hpp>

struct Bad {
  static constexpr kue::JobOptions options{.priority = 5000};
  void run() const {}
};

void push(kue::Queue& queue) { queue.push(Bad()); }
