// refused: backoff() of a job must be `std::chrono::seconds backoff(int attempt) const`
#include <kue/queue.hpp>

struct Bad {
  int backoff(int attempt) const { return attempt; }
  void run() const {}
};

void push(kue::Queue& queue) { queue.push(Bad()); }
