// refused: a job needs a member function run()
#include <kue/queue.hpp>

void push(kue::Queue& queue) { queue.push(std::string("HelloWorldJob")); }
