#include "greeting_controller.hpp"

#include <kue/array_queue.hpp>

#include <gtest/gtest.h>

TEST(GreetingController, pushes_a_job_and_answers) {
  kue::ArrayQueue queue;
  httplib::Request request;
  httplib::Response response;
  request.params.emplace("name", "Ada");
  GreetingController(queue).hello(request, response);

  ASSERT_EQ(queue.jobs().size(), 1u);
  EXPECT_EQ(queue.jobs().front().kind, "Greet");
  EXPECT_EQ(queue.jobs().front().args, R"({"name":"Ada"})");
  EXPECT_NE(response.body.find("Ada"), std::string::npos);
}
