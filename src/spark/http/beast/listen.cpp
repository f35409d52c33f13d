#include <spark/http/beast.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <atomic>
#include <memory>

namespace spark::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr auto kLookAgain = std::chrono::milliseconds(10);  // whether a connection has ended
constexpr auto kAfterAnError =
    std::chrono::milliseconds(100);  // no descriptors left: they come back when connections end

asio::awaitable<void> wait_for(std::chrono::milliseconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor, time);
  co_await timer.async_wait(asio::use_awaitable);
}

// The thread of the session has ended it: not in the way of anybody else's.
void say_how_it_ended(kue::Logger& log, std::exception_ptr const& thrown) {
  if (!thrown) return;
  try {
    std::rethrow_exception(thrown);
  } catch (std::exception const& error) {
    log.error("a connection of the web server ended: {}", error.what());
  } catch (...) {
    log.error("a connection of the web server ended with something not derived from std::exception");
  }
}

void start(tcp::socket socket, kue::Flusher& flusher, BeastHandler const& handler, BeastOptions const& options,
           std::shared_ptr<std::atomic<std::size_t>> const& open) {
  boost::system::error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  auto const executor = socket.get_executor();
  ++*open;
  asio::co_spawn(executor, serve(boost::beast::tcp_stream(std::move(socket)), flusher, handler, options),
                 [open, &flusher](std::exception_ptr const& thrown) {
                   --*open;
                   say_how_it_ended(flusher.log(), thrown);
                 });
}

}  // namespace

asio::awaitable<void> listen(tcp::acceptor& acceptor, kue::Flusher& flusher, BeastHandler handler,
                             BeastOptions options) {
  auto const open = std::make_shared<std::atomic<std::size_t>>(0);
  while (acceptor.is_open()) {
    if (*open >= options.max_connections) {
      co_await wait_for(kLookAgain);
      continue;
    }
    tcp::socket socket(asio::make_strand(acceptor.get_executor()));
    boost::system::error_code error;
    co_await acceptor.async_accept(socket, asio::redirect_error(asio::use_awaitable, error));
    if (!error) {
      start(std::move(socket), flusher, handler, options, open);
    } else if (acceptor.is_open()) {
      flusher.log().warn("cannot accept a connection: {}", error.message());
      co_await wait_for(kAfterAnError);
    }
  }
}

}  // namespace spark::http
