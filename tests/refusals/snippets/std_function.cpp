// refused: a lambda or function cannot be a job
#include <kue/kue.hpp>

#include <functional>



void push(kue::Queue& queue) { queue.push(std::function<void()>()); }
