// The first page of the guide as a program:
//
//   hello server --port 8080        then open http://127.0.0.1:8080/hello/John%20Doe
//   hello queue:worker              says "Hello World John Doe!" 20 seconds later

#include "hello_world_job.hpp"
#include "server.hpp"

#include <spark/spark.hpp>

// What a page does: push a job and answer at once.
static Page hello(spark::Application& app, std::string const& name) {
  spark::JobId const id = app[spark::queue]->push(HelloWorldJob(name));
  return {200, "Hello " + name + "! A worker greets you too; that is job " + id.str() + ".\n"};
}

int main(int argc, char** argv) {
  spark::Application app;
  app.jobs<HelloWorldJob>();
  app.command("server", "serves GET /hello/{name} on this machine")
      .option("-p,--port N", 8080, "port of 127.0.0.1 to listen on; 0: any free one")
      .between(0, 65535)
      .run([&](spark::Args const& args) {
        return serve(app, args.number("--port"), [&](std::string const& name) { return hello(app, name); });
      });
  return app.run(argc, argv);
}
