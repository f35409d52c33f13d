// refused: options.timeout must not be negative
#include <kue/queue.hpp>

struct Bad {
  static constexpr kue::JobOptions options{.timeout = kue::Millis(-1)};
  void run() const {}
};

void push(kue::Queue& queue) { queue.push(Bad()); }
