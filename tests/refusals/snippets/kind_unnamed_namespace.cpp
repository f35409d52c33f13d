// refused: a local job or one in an unnamed namespace has no name that another program could know
#include <kue/queue.hpp>

namespace {
struct Bad {
  void run() const {}
};
}  // namespace

void push(kue::Queue& queue) { queue.push(Bad()); }
