#include "greeting_controller.hpp"

#include <spark/testing/test_queue.hpp>

#include <gtest/gtest.h>

TEST(GreetingController, pushes_a_job_that_greets) {
  spark::Application app;
  app.jobs<Greet>();
  spark::testing::TestQueue queue(app);
  httplib::Request request;
  httplib::Response response;
  request.params.emplace("name", "Ada");

  GreetingController(app[spark::queue]).hello(request, response);
  EXPECT_NE(response.body.find("greets Ada soon"), std::string::npos);
  queue.assert_pushed(Greet("Ada"));

  spark::testing::Runs const runs = queue.drain();  // runs it, here
  runs.assert_all_completed();
  EXPECT_EQ(runs[0].log.at(0), "info Hello Ada!");
}
