#pragma once
// A job: what it holds is what travels to the worker.

#include <spark/spark.hpp>

#include <string>

struct Greet {
  std::string name;

  std::string run(spark::Logger& log) const {  // a parameter is anything that the application has
    log.info("Hello {}!", name);
    return "Hello " + name + "!";  // kept with the job: spark job:show ID
  }
};
