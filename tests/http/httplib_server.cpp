#include "web_server.hpp"

#include <spark/http/httplib.hpp>

#include <stdexcept>
#include <thread>

namespace {

class HttplibServer : public WebServer {
 public:
  HttplibServer(kue::Flusher& flusher, Page page) {
    server_.new_task_queue = [] { return new httplib::ThreadPool(16); };
    server_.set_tcp_nodelay(true);
    server_.set_keep_alive_max_count(1000);
    server_.Post("/.*", spark::http::with_batch(
                            flusher, [page = std::move(page)](httplib::Request const& request,
                                                              httplib::Response& response, kue::Batch& batch) {
                              response.set_content(page(request.path, request.body, batch), "text/plain");
                            }));
    port_ = server_.bind_to_any_port("127.0.0.1");
    if (port_ <= 0) throw std::runtime_error("no port");
    thread_ = std::jthread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::yield();
  }
  ~HttplibServer() override { server_.stop(); }
  int port() const override { return port_; }

 private:
  httplib::Server server_;
  int port_ = 0;
  std::jthread thread_;
};

}  // namespace

std::unique_ptr<WebServer> httplib_server(kue::Flusher& flusher, Page page) {
  return std::make_unique<HttplibServer>(flusher, std::move(page));
}
