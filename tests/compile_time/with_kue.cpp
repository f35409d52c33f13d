// What a file of a user costs: one job, pushed.
#include <kue/kue.hpp>

struct HelloWorldJob {
  std::string name;
  int times = 1;
  void run(kue::Logger& log) const { log.info("Hello World {}!", name); }
};

void hello(kue::Queue& queue) { queue.push(HelloWorldJob("John Doe")); }
