// refused: a job needs a member function run()
#include <kue/kue.hpp>



void push(kue::Queue& queue) { queue.push(std::string("HelloWorldJob")); }
