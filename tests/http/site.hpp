#pragma once
// Site: a queue that does as it is told, the flusher over it, a log that is kept, and a server of some framework.

#include "client.hpp"
#include "web_server.hpp"

#include <kue/error.hpp>
#include <kue/testing/log_lines.hpp>

#include "kue/queues/fickle_queue_test.hpp"

#include <optional>
#include <set>

struct Order {
  std::string number;
  void run() const {}
};

// Each word of the body is an order; the answer is their ids, a line each.
inline std::string place_orders(std::string const&, std::string const& body, kue::Batch& batch) {
  std::string ids;
  for (std::size_t at = 0; at < body.size();) {
    std::size_t const end = std::min(body.find(' ', at), body.size());
    ids += batch.push(Order(body.substr(at, end - at))).id.str() + "\n";
    at = end + 1;
  }
  return ids;
}

using MakeServer = std::function<std::unique_ptr<WebServer>(kue::Flusher&, Page)>;

class Site {
 public:
  Site(MakeServer const& make, kue::FlusherOptions options, Page page = place_orders,
       kue::Queue* other_queue = nullptr) {
    options.retry_min = kue::Millis(1);
    options.retry_max = kue::Millis(20);
    flusher.emplace(other_queue ? *other_queue : queue, options, kue::Logger(log));
    server = make(*flusher, std::move(page));
  }
  ~Site() {
    queue.hold(false);
    server.reset();
    flusher.reset();
  }
  int port() const { return server->port(); }
  std::multiset<std::string> taken_ids() const {
    std::multiset<std::string> ids;
    for (kue::Envelope const& job : queue.taken()) ids.insert(job.id.str());
    return ids;
  }

  kue::queue_tests::FickleQueue queue;
  std::shared_ptr<kue::testing::LogLines> log = std::make_shared<kue::testing::LogLines>();
  std::optional<kue::Flusher> flusher;
  std::unique_ptr<WebServer> server;
};

template <class F> bool becomes_true(F what) {
  for (auto const end = std::chrono::steady_clock::now() + kue::queue_tests::kPatience;
       std::chrono::steady_clock::now() < end;) {
    if (what()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return false;
}
