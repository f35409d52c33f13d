// An application: the program of the README with a job that takes no time.

#include <spark/spark.hpp>

struct HelloWorldJob {
  std::string name;
  void run(spark::Logger& log) const { log.info("Hello World {}!", name); }
};

int main(int argc, char** argv) {
  spark::Application app;
  app.jobs<HelloWorldJob>();
  app.command("greet", "pushes a greeting", [&](spark::Args& args) {
    std::string name = args.argument("name", "whom to greet");
    args.done();
    app[spark::queue]->push(HelloWorldJob(name));
    return 0;
  });
  return app.run(argc, argv);
}
