// A user's test without a framework: a job pushed, run on a clock that is moved, and run in a process that dies.

#include <spark/testing/test_queue.hpp>

#include <cstdio>

using namespace std::chrono_literals;

struct Greet {
  std::string name;
  void run(spark::Logger& log) const { log.info("Hello {}!", name); }
};

static void greet(spark::Application& app) { app[spark::queue]->push(Greet("Ada"), {.delay = 5min}); }

int main() {
  spark::Application app;
  app.jobs<Greet>();
  spark::testing::TestQueue queue(app);
  greet(app);
  queue.assert_pushed(Greet("Ada"), {.delay = 5min});
  queue.advance(5min);
  auto const report = queue.run_worker({.crashes = {{.at = spark::testing::Crash::after_run}}});
  if (report.job<Greet>().ends != std::vector{kue::Reason::crashed, kue::Reason::completed})
    return std::puts(report.text().c_str()), 1;
  queue.drain().assert_all_completed();
  try {
    queue.assert_pushed(Greet("Bob"));
  } catch (spark::testing::AssertionFailed const& failed) {
    std::puts(failed.what());
    return 0;
  }
  return 1;
}
