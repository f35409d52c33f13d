// refused: options.queue must be
#include <kue/queue.hpp>

struct Bad {
  static constexpr kue::JobOptions options{.queue = "a b"};
  void run() const {}
};

void push(kue::Queue& queue) { queue.push(Bad()); }
