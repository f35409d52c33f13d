// refused: failed() of a job takes the failure as `kue::Failure const&`
#include <kue/queue.hpp>

struct Bad {
  void failed(kue::Failure) {}
  void run() const {}
};

void push(kue::Queue& queue) { queue.push(Bad()); }
