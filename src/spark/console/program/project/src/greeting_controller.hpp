#pragma once
// The page /hello?name=Ada: pushes a job and answers at once.

#include "greet.hpp"

#include <spark/spark.hpp>

#include <httplib.h>

#include <string>

class GreetingController {
 public:
  explicit GreetingController(spark::Queue& queue) : queue_(queue) {}

  void add_to(httplib::Server& server) {
    server.Get("/hello",
               [this](httplib::Request const& request, httplib::Response& response) { hello(request, response); });
  }

  void hello(httplib::Request const& request, httplib::Response& response) {
    std::string const name = request.has_param("name") ? request.get_param_value("name") : "World";
    try {
      spark::JobId const id = queue_.push(Greet(name));  // in the file when it returns
      response.set_content("A worker greets " + name + " soon, as job " + id.str() + ".\n",
                           "text/plain; charset=utf-8");
    } catch (spark::Error const& error) {  // nothing was pushed
      response.status = error.retryable() ? 503 : 400;
      response.set_content(error.retryable() ? "Please try again later.\n" : "This is no name.\n", "text/plain");
    }
  }

 private:
  spark::Queue& queue_;
};
