// refused: the member 'options' of a job must be `static constexpr kue::JobOptions options{...}`
#include <kue/queue.hpp>

struct Bad {
  int options = 0;
  void run() const {}
};

void push(kue::Queue& queue) { queue.push(Bad()); }
