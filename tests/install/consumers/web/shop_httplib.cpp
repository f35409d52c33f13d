#include "shop.hpp"

#include <spark/http/httplib.hpp>

static int serve(spark::Application& app) {
  spark::Flusher flusher(app[spark::queue], {}, app.log());
  httplib::Server server;
  server.Post("/orders", spark::http::with_batch(flusher, [](httplib::Request const& request,
                                                             httplib::Response& response, spark::Batch& batch) {
                response.set_content(batch.push(SendInvoice(std::stoi(request.body))).id.str(), "text/plain");
              }));
  int const port = server.bind_to_any_port("127.0.0.1");
  if (port <= 0) return 1;
  say_port(port);
  return server.listen_after_bind() ? 0 : 1;
}

int main(int argc, char** argv) { return shop(argc, argv, serve); }
