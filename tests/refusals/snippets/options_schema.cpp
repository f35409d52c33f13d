// refused: options.schema must be at least 1
#include <kue/queue.hpp>

struct Bad {
  static constexpr kue::JobOptions options{.schema = 0};
  void run() const {}
};

void push(kue::Queue& queue) { queue.push(Bad()); }
