#include "server.hpp"

#include <spark/http/httplib.hpp>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <thread>

namespace {

constexpr std::string_view kPath = "/hello/";
constexpr std::size_t kMaxNameBytes = 200;

Page answer(std::string const& name, std::function<Page(std::string const&)> const& hello) {
  if (name.empty()) return {400, "say a name: /hello/John%20Doe\n"};
  if (name.size() > kMaxNameBytes) return {400, "this name is too long: at most 200 bytes\n"};
  if (!kue::valid_utf8(name)) return {400, "this name is not UTF-8\n"};
  try {
    return hello(name);
  } catch (spark::Error const& error) {  // nothing was pushed, and the visitor may try again
    return {503, std::string(error.what()) + "\n"};
  }
}

// Ends the server at TERM or INT; the signals are blocked in all threads and taken here.
class StopAtSignal {
 public:
  explicit StopAtSignal(httplib::Server& server) {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGTERM);
    sigaddset(&signals_, SIGINT);
    ::pthread_sigmask(SIG_BLOCK, &signals_, nullptr);  // before any other thread starts, which inherits it
    waiter_ = std::jthread([this, &server](std::stop_token const& stop) {
      timespec const step{.tv_sec = 0, .tv_nsec = 100'000'000};
      while (!stop.stop_requested()) {
        if (::sigtimedwait(&signals_, nullptr, &step) > 0) return server.stop();
      }
    });
  }

 private:
  sigset_t signals_{};
  std::jthread waiter_;
};

}  // namespace

int serve(spark::Application& app, int port, std::function<Page(std::string const&)> const& hello) {
  // Opens the queue now: a wrong store is reported here, not to the first visitor.
  spark::Flusher flusher(app[spark::queue], {.flush = spark::Flush::after_response}, app.log());
  httplib::Server server;
  server.set_tcp_nodelay(true);
  // Not the library's default, SO_REUSEPORT: with it a second server on the same port would start and take half the
  // visitors.
  server.set_socket_options([](int socket) {
    int const yes = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  });
  // What the queue service only collects (the default one does not) is sent when the response is out. There is a batch
  // a request, too: `hello` could push into that instead of into the service.
  auto const page = spark::http::with_batch(
      flusher, [&](httplib::Request const& request, httplib::Response& response, spark::Batch&) {
        auto const [status, text] =
            answer(request.path.substr(kPath.size()), hello);  // the path is percent-decoded already
        response.status = status;
        response.set_header("X-Content-Type-Options", "nosniff");
        response.set_content(text, "text/plain; charset=utf-8");
      });
  // No route pattern: the library would match the visitor's path with std::regex, which recurses once a character.
  server.set_pre_routing_handler([&](httplib::Request const& request, httplib::Response& response) {
    if (request.method != "GET" || !request.path.starts_with(kPath)) return httplib::Server::HandlerResponse::Unhandled;
    page(request, response);
    return httplib::Server::HandlerResponse::Handled;
  });

  bool const bound =
      port == 0 ? (port = server.bind_to_any_port("127.0.0.1")) > 0 : server.bind_to_port("127.0.0.1", port);
  if (!bound) {
    app.log().error("cannot listen on 127.0.0.1:{}: {}", port, std::strerror(errno));
    return 1;
  }
  app.log().info("open http://127.0.0.1:{}/hello/John%20Doe", port);
  StopAtSignal const stop(server);
  return server.listen_after_bind() ? 0 : 1;
}
