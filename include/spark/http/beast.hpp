#pragma once
// serve, listen: sessions of Boost.Beast as C++20 coroutines, with a batch a request. Link spark::beast.
//
//   boost::asio::awaitable<spark::http::BeastResponse> order(
//       spark::http::BeastRequest const& request, spark::Batch& batch) {
//     batch.push(SendInvoice(std::stoi(request.body())));
//     http::response<http::string_body> response(http::status::accepted, request.version());
//     response.keep_alive(request.keep_alive());
//     response.prepare_payload();
//     co_return response;
//   }
//   boost::asio::co_spawn(context, spark::http::listen(acceptor, flusher, order), boost::asio::detached);
//
// listen accepts connections, each on a strand of its own, so that the context may run on any number of threads; serve
// is one connection, for an accept loop of yours (a stream of a context that runs on several threads needs a strand).
// No flush blocks the context: it happens on the flusher's thread, which sends the jobs of requests that wait
// together in one call of the queue; meanwhile the session is suspended (before_response) or reads the next request
// (after_response).
// A request is answered by us, and its connection closed: 400 malformed, 413 and 431 too large. A handler that throws:
// 500.
// Jobs that cannot be pushed before the response: 503, or what `refuse` returns. A client that is too slow is cut off.
// One that leaves does not take its jobs along: what a handler that returned has pushed is sent.
// Lifetimes: declare the flusher, then the context, then the acceptor. The context may end at any time, in the middle
// of a flush too. listen ends when the acceptor is closed.

#include <kue/flusher.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/message_generator.hpp>
#include <boost/beast/http/string_body.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace kue {
class Error;
}

namespace spark::http {

using BeastRequest = boost::beast::http::request<boost::beast::http::string_body>;
using BeastResponse = boost::beast::http::message_generator;  // from a response with any body
using BeastHandler = std::function<boost::asio::awaitable<BeastResponse>(BeastRequest const&, kue::Batch&)>;

struct BeastOptions {
  std::uint32_t max_header_bytes = 16 * 1024;
  std::uint64_t max_body_bytes = 1024 * 1024;
  std::chrono::milliseconds read_timeout{30'000};   // for a whole request, and for the next one to come
  std::chrono::milliseconds write_timeout{30'000};  // for a whole response
  std::size_t max_connections = 1'000;              // more wait to be accepted
  std::function<BeastResponse(BeastRequest const&, kue::Error const&)> refuse = {};  // instead of 503
};

boost::asio::awaitable<void> serve(boost::beast::tcp_stream stream, kue::Flusher& flusher, BeastHandler handler,
                                   BeastOptions options = {});
boost::asio::awaitable<void> listen(boost::asio::ip::tcp::acceptor& acceptor, kue::Flusher& flusher,
                                    BeastHandler handler, BeastOptions options = {});

}  // namespace spark::http
