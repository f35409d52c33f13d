// Cases for a framework with the macros TEST_CASE and CHECK. One of them fails on purpose, and is checked for how it
// does.

#include "shop.hpp"

#include <spark/testing/test_queue.hpp>

using namespace std::chrono_literals;

TEST_CASE("holds: a paid order is invoiced in five minutes") {
  spark::Application app;
  set_up(app);
  spark::testing::TestQueue queue(app);
  order_paid(app, 7);
  queue.assert_pushed(SendInvoice(7), {.queue = "billing", .delay = 5min});
  CHECK(queue.drain().empty());
  queue.advance(5min);
  queue.drain().assert_all_completed();
  CHECK(app[mailer]->sent == std::vector<std::string>{"7"});
}

TEST_CASE("holds: a process that dies after the run, under this framework's own signal handlers") {
  spark::Application app;
  set_up(app);
  spark::testing::TestQueue queue(app);
  app[spark::queue]->push(SendInvoice(7));
  auto const report = queue.run_worker({.crashes = {{.at = spark::testing::Crash::after_run, .signal = SIGSEGV}}});
  CHECK(report.exit_code == 0);
  CHECK(report.job<SendInvoice>().ends == std::vector{kue::Reason::crashed, kue::Reason::completed});
}

TEST_CASE("fails: another order") {
  spark::Application app;
  set_up(app);
  spark::testing::TestQueue queue(app);
  order_paid(app, 7);
  queue.assert_pushed(SendInvoice(8));
}
