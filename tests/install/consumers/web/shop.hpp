// The job of both shops, and their main: `server` serves until it is ended, the other commands are spark's.
#pragma once
#include <spark/spark.hpp>

#include <cstdio>

struct SendInvoice {
  int order;
  void run(spark::Logger& log) const { log.info("invoice for order {}", order); }
};

template <class Serve> int shop(int argc, char** argv, Serve serve) {
  spark::Application app;
  app.jobs<SendInvoice>();
  app.command("server", "serves at a free port").run([&](spark::Args const&) { return serve(app); });
  return app.run(argc, argv);
}

inline void say_port(int port) {
  std::printf("serving at port %d\n", port);
  std::fflush(stdout);
}
