// refused: backoff() of a job must be `std::chrono::seconds backoff(int attempt) const`
#include <kue/queue.hpp>

struct Bad {
  std::chrono::seconds backoff(int) const { return {}; }
  std::chrono::seconds backoff(unsigned) const { return {}; }
  void run() const {}
};

void push(kue::Queue& queue) { queue.push(Bad()); }
