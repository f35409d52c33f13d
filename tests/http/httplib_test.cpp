// What is particular to the adapter for cpp-httplib.

#include "site.hpp"

#include <spark/http/httplib.hpp>

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using kue::Flush;
using kue::Flusher;
using kue::queue_tests::FickleQueue;
using spark::http::with_batch;

// A server with one handler at /.
class Server {
 public:
  explicit Server(httplib::Server::Handler handler) {
    server_.set_default_headers({{"X-Default", "kept"}});
    server_.Get("/", std::move(handler));
    port = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::jthread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::yield();
  }
  ~Server() { server_.stop(); }
  int port = 0;

 private:
  httplib::Server server_;
  std::jthread thread_;
};

TEST(Httplib, jobs_that_are_pushed_while_the_body_is_streamed_are_sent_too) {
  for (Flush const when : {Flush::before_response, Flush::after_response}) {
    FickleQueue queue;
    Flusher flusher(queue, {.flush = when});
    bool released = false;
    Server server(with_batch(flusher, [&](auto&, httplib::Response& response, kue::Batch& batch) {
      batch.push(Order("handler"));
      response.set_chunked_content_provider(
          "text/plain",
          [&batch](std::size_t offset, httplib::DataSink& sink) {
            batch.push(Order("chunk"));
            sink.write("part ", 5);
            if (offset >= 10) sink.done();
            return true;
          },
          [&](bool) { released = true; });
    }));
    httplib::Client client("127.0.0.1", server.port);
    auto const page = client.Get("/");
    ASSERT_TRUE(page);
    EXPECT_EQ(page->body, "part part part ");
    EXPECT_TRUE(queue.wait_taken(4)) << "one of the handler, three of the stream";
    EXPECT_TRUE(released) << "the page's own releaser is called as well";
  }
}

TEST(Httplib, a_refusal_starts_over_without_what_the_handler_had_set) {
  FickleQueue queue;
  queue.go_away();
  Flusher flusher(queue);
  bool released = false;
  Server server(with_batch(flusher, [&](auto&, httplib::Response& response, kue::Batch& batch) {
    batch.push(Order("7"));
    response.set_header("Set-Cookie", "paid=yes");
    response.set_redirect("/thanks");
    response.set_content_provider(
        5, "image/png", [](std::size_t, std::size_t, httplib::DataSink& sink) { return sink.write("image", 5); },
        [&](bool) { released = true; });
  }));
  httplib::Client client("127.0.0.1", server.port);
  auto const page = client.Get("/");
  ASSERT_TRUE(page);
  EXPECT_EQ(page->status, 503);
  EXPECT_EQ(page->get_header_value("Content-Type"), "text/plain; charset=utf-8");
  EXPECT_FALSE(page->has_header("Set-Cookie"));
  EXPECT_FALSE(page->has_header("Location"));
  EXPECT_EQ(page->get_header_value("X-Default"), "kept");
  EXPECT_EQ(page->body, "This request could not be accepted; please try again later.\n");
  EXPECT_TRUE(released);
}

TEST(Httplib, a_refusal_may_be_ones_own) {
  FickleQueue queue;
  queue.go_away();
  Flusher flusher(queue);
  Server server(with_batch(
      flusher, [](auto&, auto&, kue::Batch& batch) { batch.push(Order("7")); },
      [](auto&, httplib::Response& response, kue::Error const& error) {
        response.status = error.retryable() ? 429 : 500;
        response.set_header("Retry-After", "5");
      }));
  httplib::Client client("127.0.0.1", server.port);
  auto const page = client.Get("/");
  ASSERT_TRUE(page);
  EXPECT_EQ(page->status, 429);
  EXPECT_EQ(page->get_header_value("Retry-After"), "5");
}

}  // namespace
