#include "web_server.hpp"

#include <spark/http/beast.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <thread>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

class BeastServer : public WebServer {
 public:
  BeastServer(kue::Flusher& flusher, Page page, int threads)
      : context_(threads), acceptor_(context_, {asio::ip::address_v4::loopback(), 0}) {
    auto const handler = [page = std::move(page)](spark::http::BeastRequest const& request,
                                                  kue::Batch& batch) -> asio::awaitable<spark::http::BeastResponse> {
      http::response<http::string_body> response(http::status::ok, request.version());
      response.keep_alive(request.keep_alive());
      response.body() = page(std::string(request.target()), request.body(), batch);
      response.prepare_payload();
      co_return response;
    };
    asio::co_spawn(context_, spark::http::listen(acceptor_, flusher, handler), asio::detached);
    for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { context_.run(); });
  }
  ~BeastServer() override { context_.stop(); }  // the threads end, then the sessions with the context
  int port() const override { return acceptor_.local_endpoint().port(); }

 private:
  asio::io_context context_;
  asio::ip::tcp::acceptor acceptor_;
  std::vector<std::jthread> threads_;
};

}  // namespace

std::unique_ptr<WebServer> beast_server(kue::Flusher& flusher, Page page, int threads) {
  return std::make_unique<BeastServer>(flusher, std::move(page), threads);
}
