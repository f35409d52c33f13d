// @NAME@ server --port 8080     serves the page
// @NAME@ queue:worker -c 4      runs the jobs
// @NAME@ help                   lists every command

#include "greet.hpp"
#include "greeting_controller.hpp"

#include <spark/spark.hpp>

#include <httplib.h>

#include <cerrno>
#include <cstring>

static int serve(spark::Application& app, int port) {
  GreetingController greetings(app[spark::queue]);
  httplib::Server server;
  greetings.add_to(server);
  server.set_socket_options([](int socket) {  // by default two programs could share the port
    int const yes = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  });
  if (!server.bind_to_port("127.0.0.1", port)) {
    app.log().error("cannot listen on port {}: {}; choose another with --port", port, std::strerror(errno));
    return 1;
  }
  app.log().info("open http://127.0.0.1:{}/hello?name=Ada", port);
  return server.listen_after_bind() ? 0 : 1;
}

int main(int argc, char** argv) {
  spark::Application app;
  app.jobs<Greet>();
  app.command("server", "serves the page")
      .option("-p,--port N", 8080, "port to listen on")
      .between(1, 65535)
      .run([&](spark::Args const& args) { return serve(app, args.number("--port")); });
  return app.run(argc, argv);
}
