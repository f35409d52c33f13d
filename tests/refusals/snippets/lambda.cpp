// refused: a lambda or function cannot be a job
#include <kue/kue.hpp>



void push(kue::Queue& queue) { queue.push([] {}); }
