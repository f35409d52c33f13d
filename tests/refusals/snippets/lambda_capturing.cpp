// refused: a lambda or function cannot be a job
#include <kue/queue.hpp>

void push(kue::Queue& queue) {
  queue.push([&queue] { queue.flush(); });
}
