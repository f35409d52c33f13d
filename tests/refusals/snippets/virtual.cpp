// refused: a job must not have virtual functions
#include <kue/kue.hpp>

struct Bad { virtual void run() {} };

void push(kue::Queue& queue) { queue.push(Bad()); }
