// Another queue in place of the default one:
//
//   redis_queue job:push GreetJob --args '{"name":"John Doe"}'
//   redis_queue queue:worker -c 2
//
// The server is 127.0.0.1:6379, or REDIS_PORT's.

#include "my_redis_queue.hpp"

#include <spark/spark.hpp>

#include <cstdlib>

struct GreetJob {
  std::string name;
  void run(spark::Logger& log) const { log.info("Hello {} from a Redis list!", name); }
};

inline constexpr spark::Service<Redis> redis{"redis"};

int main(int argc, char** argv) {
  spark::Application app;
  app.jobs<GreetJob>();
  app[redis] = app.share([] {
    char const* const port = std::getenv("REDIS_PORT");
    return std::make_unique<Redis>("127.0.0.1", port ? std::atoi(port) : 6379);
  });
  app[spark::queue] = app.share([&] { return std::make_unique<MyRedisQueue>(app[redis]); });
  return app.run(argc, argv);
}
