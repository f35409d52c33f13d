// refused: the member 'options' of a job must be `static constexpr kue::JobOptions options{...}`
#include <kue/queue.hpp>

struct Bad {
  kue::JobOptions options;
  void run() const {}
};

void push(kue::Queue& queue) { queue.push(Bad()); }
