// accepted
#include <kue/kue.hpp>

struct HelloWorldJob {
  std::string name;
  void run(kue::Logger& log) const { log.info("Hello World {}!", name); }
};

void push(kue::Queue& queue) { queue.push(HelloWorldJob("John Doe")); }
