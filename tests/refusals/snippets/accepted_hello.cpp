// accepted
#include <kue/logger.hpp>
#include <kue/queue.hpp>

struct HelloWorldJob {
  std::string name;
  void run(kue::Logger& log) const { log.info("Hello World {}!", name); }
};

void push(kue::Queue& queue) { queue.push(HelloWorldJob("John Doe")); }
