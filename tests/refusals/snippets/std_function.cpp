// refused: a lambda or function cannot be a job
#include <kue/queue.hpp>

#include <functional>

void push(kue::Queue& queue) { queue.push(std::function<void()>()); }
