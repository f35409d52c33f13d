#include <spark/http/beast.hpp>

#include <kue/error.hpp>

#include "spark/http/beast/flush_answer.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

#include <array>
#include <optional>

namespace spark::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;

constexpr auto kDrainTimeout = std::chrono::seconds(2);
constexpr std::size_t kMaxDrainedBytes = 4 * 1024 * 1024;

BeastResponse page(bhttp::status status, unsigned version, bool keep_alive, std::string_view text) {
  bhttp::response<bhttp::string_body> response(status, version);
  response.set(bhttp::field::content_type, "text/plain; charset=utf-8");
  response.keep_alive(keep_alive);
  response.body() = text;
  response.prepare_payload();
  return response;
}

// What a client is told whose request cannot be read; none if it is gone or too slow.
std::optional<bhttp::status> refusal_of(beast::error_code const& error) {
  if (error == bhttp::error::end_of_stream || error == bhttp::error::partial_message) return std::nullopt;
  if (error == bhttp::error::body_limit) return bhttp::status::payload_too_large;
  if (error == bhttp::error::header_limit) return bhttp::status::request_header_fields_too_large;
  if (error.category() == bhttp::make_error_code(bhttp::error::end_of_stream).category())
    return bhttp::status::bad_request;
  return std::nullopt;
}

class Session {
 public:
  Session(beast::tcp_stream stream, kue::Flusher& flusher, BeastHandler const& handler, BeastOptions const& options)
      : stream_(std::move(stream)), flusher_(flusher), handler_(handler), options_(options) {}

  asio::awaitable<void> run() {
    while (true) {
      std::optional<BeastRequest> request = co_await read();
      if (!request) co_return;
      bool const another = co_await answer(*request);
      if (!another) break;
    }
    beast::error_code ignored;
    stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  }

 private:
  asio::awaitable<std::optional<BeastRequest>> read() {
    bhttp::request_parser<bhttp::string_body> parser;
    parser.header_limit(options_.max_header_bytes);
    parser.body_limit(options_.max_body_bytes);
    stream_.expires_after(options_.read_timeout);
    beast::error_code error;
    co_await bhttp::async_read_header(stream_, buffer_, parser, asio::redirect_error(asio::use_awaitable, error));
    if (!error && beast::iequals(parser.get()[bhttp::field::expect], "100-continue")) co_await ask_for_the_body(error);
    if (!error) co_await bhttp::async_read(stream_, buffer_, parser, asio::redirect_error(asio::use_awaitable, error));
    if (!error) co_return parser.release();
    if (auto const status = refusal_of(error)) co_await refuse_and_close(*status);
    co_return std::nullopt;
  }

  asio::awaitable<void> ask_for_the_body(beast::error_code& error) {
    bhttp::response<bhttp::empty_body> go_on(bhttp::status::continue_, 11);
    co_await bhttp::async_write(stream_, go_on, asio::redirect_error(asio::use_awaitable, error));
  }

  // True: the connection is used for another request.
  asio::awaitable<bool> answer(BeastRequest const& request) {
    kue::Batch jobs(flusher_);
    stream_.expires_never();
    BeastResponse response = co_await respond(request, jobs);
    bool const keep_alive = response.keep_alive() && request.keep_alive();
    bool const written = co_await write(std::move(response));
    jobs.sent();
    co_return written&& keep_alive;
  }

  // Handler and, before the response, flush. Where the handler throws, the end of `jobs` drops what it pushed.
  asio::awaitable<BeastResponse> respond(BeastRequest const& request, kue::Batch& jobs) {
    std::exception_ptr thrown;
    try {
      BeastResponse response = co_await handler_(request, jobs);
      co_await handled_or_refused(request, jobs, response);
      co_return response;
    } catch (...) {
      thrown = std::current_exception();
    }
    say_what_was_thrown(thrown);
    co_return page(bhttp::status::internal_server_error, request.version(), request.keep_alive(), "Internal error.\n");
  }

  asio::awaitable<void> handled_or_refused(BeastRequest const& request, kue::Batch& jobs, BeastResponse& response) {
    try {
      co_await handled(jobs);
    } catch (kue::Error const& error) {
      response = options_.refuse ? options_.refuse(request, error)
                                 : page(bhttp::status::service_unavailable, request.version(), request.keep_alive(),
                                        "This request could not be accepted; please try again later.\n");
    }
  }

  void say_what_was_thrown(std::exception_ptr const& thrown) {
    try {
      std::rethrow_exception(thrown);
    } catch (std::exception const& error) {
      flusher_.log().error("a handler of the web server threw: {}", error.what());
    } catch (...) {
      flusher_.log().error("a handler of the web server threw something not derived from std::exception");
    }
  }

  asio::awaitable<bool> write(BeastResponse response) {
    stream_.expires_after(options_.write_timeout);
    beast::error_code error;
    co_await beast::async_write(stream_, std::move(response), asio::redirect_error(asio::use_awaitable, error));
    co_return !error;
  }

  // Reads on for a while: closing with unread bytes would reset the connection, and the client might never see the
  // answer.
  asio::awaitable<void> refuse_and_close(bhttp::status status) {
    bool const written = co_await write(page(status, 11, false, std::string(bhttp::obsolete_reason(status)) + "\n"));
    if (!written) co_return;
    beast::error_code error;
    stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, error);
    stream_.expires_after(kDrainTimeout);
    std::array<char, 16 * 1024> bytes;
    for (std::size_t drained = 0; !error && drained < kMaxDrainedBytes;) {
      drained +=
          co_await stream_.async_read_some(asio::buffer(bytes), asio::redirect_error(asio::use_awaitable, error));
    }
  }

  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  kue::Flusher& flusher_;
  BeastHandler const& handler_;
  BeastOptions const& options_;
};

}  // namespace

asio::awaitable<void> serve(beast::tcp_stream stream, kue::Flusher& flusher, BeastHandler handler,
                            BeastOptions options) {
  Session session(std::move(stream), flusher, handler, options);
  co_await session.run();
}

}  // namespace spark::http
