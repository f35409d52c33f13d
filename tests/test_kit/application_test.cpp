// spark::testing::TestQueue: in the place of an application's queue, with the application's services.
#include "shop.hpp"

#include <kue/array_queue.hpp>
#include <kue/error.hpp>
#include <spark/testing/test_queue.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <thread>

namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

struct CloseMonth {  // asks for all that an application gives
  static constexpr std::string_view kind = "CloseMonth";
  std::string report;
  void run(spark::Application& app, kue::Queue& queue, kue::Store& store, kue::Logger& log) const {
    queue.push(SendInvoice(1));
    app[spark::queue]->push(SendInvoice(2));
    if (!report.empty()) std::ofstream(report) << store.description();
    log.info("month closed");
  }
};

struct TestQueueOfAnApplication : testing::Test {
  TestQueueOfAnApplication() {
    set_up(app);
    app.jobs<CloseMonth>();
  }
  spark::Application app;
};

TEST_F(TestQueueOfAnApplication, gives_jobs_the_applications_services_queue_and_store) {
  spark::testing::TestQueue queue(app);
  app[spark::queue]->push(CloseMonth());
  EXPECT_EQ(&app[spark::store].get(), &queue.store());
  queue.drain().assert_all_completed();
  EXPECT_THAT(app[mailer]->sent, ElementsAre("1", "2"));
  EXPECT_EQ(queue.pushes()[1].by.kind(), "CloseMonth");
  EXPECT_THAT(queue.runs()[0].log, ElementsAre("info month closed"));
}

TEST_F(TestQueueOfAnApplication, takes_the_place_of_a_queue_that_the_program_set_itself) {
  app[spark::queue] = app.share([] { return std::make_unique<kue::ArrayQueue>(); });
  spark::testing::TestQueue queue(app);
  order_paid(app, 7);
  queue.assert_pushed(SendInvoice(7), {.queue = "billing", .delay = 5min});
}

TEST_F(TestQueueOfAnApplication, comes_too_late_if_the_queue_was_used) {
  app[spark::queue] = app.share([] { return std::make_unique<kue::ArrayQueue>(); });
  (void)app[spark::queue]->capabilities();
  try {
    spark::testing::TestQueue const queue(app);
    FAIL() << "it was taken";
  } catch (kue::Error const& error) {
    EXPECT_THAT(error.what(), HasSubstr("cannot be set at test_queue.hpp"));
    EXPECT_THAT(error.what(), HasSubstr("set it before its first use"));
  }
}

TEST_F(TestQueueOfAnApplication, waits_for_what_a_servers_thread_pushes) {
  spark::testing::TestQueue queue(app);
  std::jthread const server([&] { order_paid(app, 7); });
  EXPECT_EQ(queue.wait_for_pushed<SendInvoice>().order, 7);
}

// The application's services were built in the test already; the worker's processes build their own.
TEST_F(TestQueueOfAnApplication, in_a_real_worker_jobs_push_to_its_store_and_not_to_the_test) {
  spark::testing::TempStore const folder;
  spark::testing::TestQueue queue(app);
  order_paid(app, 9);  // not due: stays waiting
  queue.push(CloseMonth(folder.path("report")));
  app[mailer]->sent.emplace_back("of the test");
  auto const report = queue.run_worker();
  EXPECT_EQ(report.exit_code, 0) << report.text();
  EXPECT_EQ(report.job<CloseMonth>().record.state, kue::State::completed) << report.text();
  ASSERT_EQ(report.of("SendInvoice").size(), 3U) << report.text();
  EXPECT_EQ(report.of("SendInvoice")[0].record.state, kue::State::scheduled);
  EXPECT_EQ(report.of("SendInvoice")[2].record.state, kue::State::completed);
  std::ostringstream where;
  where << std::ifstream(folder.path("report")).rdbuf();
  EXPECT_THAT(where.str(), HasSubstr("sqlite:")) << "Store& is the worker's";
  EXPECT_EQ(queue.pushes().size(), 2U);
  EXPECT_THAT(app[mailer]->sent, ElementsAre("of the test"));
  queue.drain().assert_all_completed();  // here nothing has run yet
}

}  // namespace
