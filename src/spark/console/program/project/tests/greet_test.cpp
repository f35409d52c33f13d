#include "greeting_controller.hpp"

#include <spark/testing/test_queue.hpp>

#include <gtest/gtest.h>

TEST(GreetingController, pushes_a_job_and_answers) {
  spark::Application app;
  app.jobs<Greet>();
  spark::testing::TestQueue queue(app);  // takes the place of app[spark::queue]
  httplib::Request request;
  httplib::Response response;
  request.params.emplace("name", "Ada");
  GreetingController(app[spark::queue]).hello(request, response);

  EXPECT_NE(response.body.find("Ada"), std::string::npos);
  queue.assert_pushed(Greet("Ada"));
  queue.drain().assert_all_completed();  // runs it here
  EXPECT_EQ(queue.runs()[0].log, std::vector<std::string>{"info Hello Ada!"});
}
