// refused: options.max_attempts must be 1 to 1000
#include <kue/queue.hpp>

struct Bad {
  static constexpr kue::JobOptions options{.max_attempts = 0};
  void run() const {}
};

void push(kue::Queue& queue) { queue.push(Bad()); }
