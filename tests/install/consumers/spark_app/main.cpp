// An application: the program of the README with a job that takes no time.

#include <spark/spark.hpp>

struct HelloWorldJob {
  std::string name;
  void run(spark::Logger& log) const { log.info("Hello World {}!", name); }
};

int main(int argc, char** argv) {
  spark::Application app;
  app.jobs<HelloWorldJob>();
  app.command("greet", "pushes a greeting").argument("NAME", "whom to greet").run([&](spark::Args const& args) {
    app[spark::queue]->push(HelloWorldJob(args.text("NAME")));
    return 0;
  });
  return app.run(argc, argv);
}
