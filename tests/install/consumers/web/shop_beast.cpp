#include "shop.hpp"

#include <spark/http/beast.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

namespace asio = boost::asio;
namespace http = boost::beast::http;

static asio::awaitable<spark::http::BeastResponse> order(spark::http::BeastRequest const& request,
                                                         spark::Batch& batch) {
  http::response<http::string_body> response(http::status::ok, request.version());
  response.keep_alive(request.keep_alive());
  response.body() = batch.push(SendInvoice(std::stoi(request.body()))).id.str();
  response.prepare_payload();
  co_return response;
}

static int serve(spark::Application& app) {
  spark::Flusher flusher(app[spark::queue], {}, app.log());
  asio::io_context context;
  asio::ip::tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
  asio::co_spawn(context, spark::http::listen(acceptor, flusher, order), asio::detached);
  say_port(acceptor.local_endpoint().port());
  context.run();
  return 0;
}

int main(int argc, char** argv) { return shop(argc, argv, serve); }
