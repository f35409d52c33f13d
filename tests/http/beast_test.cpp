// What is particular to the sessions of Boost.Beast.

#include "site.hpp"

#include <spark/http/beast.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;
namespace http = boost::beast::http;
using kue::Flush;
using kue::Flusher;
using kue::queue_tests::FickleQueue;
using spark::http::BeastOptions;
using testing::HasSubstr;

asio::awaitable<spark::http::BeastResponse> echo(spark::http::BeastRequest const& request, kue::Batch& batch) {
  if (!request.body().empty()) batch.push(Order(request.body()));
  http::response<http::string_body> response(http::status::ok, request.version());
  response.keep_alive(request.keep_alive());
  response.body() = "you said " + request.body();
  response.prepare_payload();
  co_return response;
}

// A server on one thread, over a queue that does as it is told.
class Beast : public testing::Test {
 protected:
  void start(BeastOptions options = {}, kue::FlusherOptions flusher_options = {}) {
    flusher.emplace(queue, flusher_options, kue::Logger(log));
    context.emplace();
    acceptor.emplace(*context, asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    port = acceptor->local_endpoint().port();
    asio::co_spawn(*context, spark::http::listen(*acceptor, *flusher, echo, std::move(options)), asio::detached);
    thread = std::jthread([this] { context->run(); });
  }
  void stop() {
    if (!context) return;
    context->stop();
    thread.join();
    acceptor.reset();
    context.reset();
  }
  void TearDown() override {
    stop();
    queue.hold(false);
    flusher.reset();
  }

  FickleQueue queue;
  std::shared_ptr<kue::testing::LogLines> log = std::make_shared<kue::testing::LogLines>();
  std::optional<Flusher> flusher;
  std::optional<asio::io_context> context;
  std::optional<asio::ip::tcp::acceptor> acceptor;
  int port = 0;
  std::jthread thread;
};

TEST_F(Beast, answers_what_is_no_request_and_closes) {
  start({.max_header_bytes = 1024, .max_body_bytes = 1000});
  struct Case {
    int status;
    std::string bytes;
  };
  for (auto const& [status, bytes] : {
           Case{400, "this is not HTTP\r\n\r\n"},
           Case{413, "POST / HTTP/1.1\r\nContent-Length: 1001\r\n\r\n" + std::string(1001, 'x')},
           Case{413, "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1000\r\n" + std::string(4096, 'x') +
                         "\r\n0\r\n\r\n"},
           Case{413, "POST / HTTP/1.1\r\nContent-Length: 3000000\r\n\r\n" + std::string(3'000'000, 'x')},
           Case{431, "GET / HTTP/1.1\r\nX-Long: " + std::string(2000, 'x') + "\r\n\r\n"},
       }) {
    Client client(port);
    client.send(bytes);
    Answer const answer = client.read();
    EXPECT_EQ(answer.status, status) << bytes.substr(0, 60);
    EXPECT_THAT(answer.headers, HasSubstr("Connection: close"));
    client.send("POST / HTTP/1.1\r\nContent-Length: 1\r\n\r\n7");
    EXPECT_TRUE(client.is_closed());
  }
  EXPECT_EQ(queue.calls(), 0);
}

TEST_F(Beast, cuts_off_a_client_that_is_too_slow) {
  start({.read_timeout = 100ms});
  Client silent(port), slow(port);
  slow.send("POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\n1");
  EXPECT_TRUE(silent.is_closed());
  EXPECT_TRUE(slow.is_closed());
  EXPECT_EQ(queue.calls(), 0);
}

TEST_F(Beast, cuts_off_a_client_that_does_not_read_and_keeps_its_jobs) {
  start({.max_body_bytes = 50'000'000, .write_timeout = 200ms});
  std::string const body =
      std::string(900'000, 'x');  // a job holds 1 MiB at most: many requests, none of whose answers is read
  Client client(port, 16 * 1024);
  std::jthread sender([&] {
    for (int i = 0; i < 40; ++i) client.post("/", body);
  });
  ASSERT_TRUE(queue.wait_taken(1));
  sender.join();  // sends fail once the server has closed
  EXPECT_LT(queue.taken().size(), 40U);
}

TEST_F(Beast, serves_requests_that_come_in_one_piece_one_after_another) {
  start();
  Client client(port);
  client.send("POST / HTTP/1.1\r\nContent-Length: 1\r\n\r\n1POST / HTTP/1.1\r\nContent-Length: 1\r\n\r\n2GET / "
              "HTTP/1.1\r\n\r\n");
  EXPECT_EQ(client.read().body, "you said 1");
  EXPECT_EQ(client.read().body, "you said 2");
  EXPECT_EQ(client.read().body, "you said ");
  EXPECT_EQ(queue.sizes(), (std::vector<std::size_t>{1, 1}));
}

TEST_F(Beast, asks_for_a_body_that_waits_to_be_asked) {
  start();
  Client client(port);
  client.send("POST / HTTP/1.1\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\n");
  EXPECT_EQ(client.read().status, 100);
  client.send("7");
  EXPECT_EQ(client.read().body, "you said 7");
}

TEST_F(Beast, closes_when_the_client_wants_it) {
  start();
  Client client(port);
  client.post("/", "7", "Connection: close\r\n");
  EXPECT_EQ(client.read().status, 200);
  EXPECT_TRUE(client.is_closed());
  Client old(port);
  old.send("GET / HTTP/1.0\r\n\r\n");
  EXPECT_EQ(old.read().status, 200);
  EXPECT_TRUE(old.is_closed());
}

TEST_F(Beast, lets_connections_wait_above_the_limit) {
  start({.max_connections = 1});
  auto first = std::make_optional<Client>(port);
  EXPECT_EQ(first->ask("/", "1").status, 200);
  Client second(port);  // the kernel accepts it for us
  second.post("/", "2");
  EXPECT_FALSE(second.has_bytes_within(100ms));
  first.reset();
  EXPECT_EQ(second.read().status, 200);
}

TEST_F(Beast, a_refusal_may_be_ones_own) {
  queue.go_away();
  start({.refuse = [](spark::http::BeastRequest const& request, kue::Error const& error) -> spark::http::BeastResponse {
    http::response<http::string_body> response(
        error.retryable() ? http::status::too_many_requests : http::status::internal_server_error, request.version());
    response.prepare_payload();
    return response;
  }});
  EXPECT_EQ(Client(port).ask("/", "7").status, 429);
}

// Many wait for one slow flush, on the one thread of the context: it is not blocked, and they share the next call.
TEST_F(Beast, many_coroutines_wait_for_their_flush_and_none_blocks_the_others) {
  start();
  queue.hold(true);
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 50; ++i) {
    clients.push_back(std::make_unique<Client>(port));
    clients.back()->post("/", std::to_string(i));
  }
  ASSERT_TRUE(queue.wait_calls(1));
  Client bad(port);
  bad.send("this is not HTTP\r\n\r\n");
  EXPECT_EQ(bad.read().status, 400) << "the context serves on while 50 sessions wait";
  queue.hold(false);
  for (auto& client : clients) EXPECT_EQ(client->read().status, 200);
  EXPECT_EQ(queue.taken().size(), 50U);
  EXPECT_LT(queue.calls(), 50) << "requests that wait together are one call";
}

// The context goes while sessions wait for the flusher: their frames are destroyed, and the flusher's answer finds
// nobody.
TEST_F(Beast, the_context_may_end_while_a_session_waits_for_its_flush) {
  start();
  queue.hold(true);
  Client client(port);
  client.post("/", "7");
  ASSERT_TRUE(queue.wait_calls(1));
  stop();
  EXPECT_TRUE(client.is_closed());
  queue.hold(false);
  EXPECT_TRUE(queue.wait_taken(1)) << "what was under way arrives; that client will ask again";
}

TEST_F(Beast, the_context_may_end_while_a_response_is_written) {
  start({.max_body_bytes = 50'000'000}, {.flush = Flush::after_response});
  Client client(port, 16 * 1024);
  std::jthread sender([&] {
    for (int i = 0; i < 20; ++i) client.post("/", std::string(900'000, 'x'));
  });
  ASSERT_TRUE(client.has_bytes_within(60s));
  stop();
  sender.join();
  ASSERT_TRUE(queue.wait_taken(1));
  EXPECT_TRUE(flusher->stop(60s)) << "every handler that returned has its job in the queue";
}

TEST_F(Beast, listen_ends_with_its_acceptor) {
  start();
  asio::post(*context, [this] { acceptor->close(); });
  thread.join();  // no work is left
  thread = std::jthread([] {});
  EXPECT_EQ(queue.calls(), 0);
}

}  // namespace
