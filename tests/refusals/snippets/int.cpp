// refused: a job is a struct or class with run()
#include <kue/queue.hpp>

void push(kue::Queue& queue) { queue.push(7); }
