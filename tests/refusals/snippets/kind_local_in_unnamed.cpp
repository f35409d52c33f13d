// refused: a local job or one in an unnamed namespace has no name that another program could know
#include <kue/queue.hpp>

namespace {
void push(kue::Queue& queue) {
  struct Bad {
    void run() const {}
  };
  queue.push(Bad());
}
}  // namespace
void both(kue::Queue& queue) { push(queue); }
