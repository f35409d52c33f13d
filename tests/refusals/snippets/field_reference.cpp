// refused: a job must be default-constructible
#include <kue/queue.hpp>

struct Bad {
  std::string& name;
  void run() const {}
};

void push(kue::Queue& queue, Bad const& bad) { queue.push(bad); }
