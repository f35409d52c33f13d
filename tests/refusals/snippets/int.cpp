// refused: a job is a struct or class with run()
#include <kue/kue.hpp>



void push(kue::Queue& queue) { queue.push(7); }
