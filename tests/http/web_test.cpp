// What a batch promises to a request, of each framework that we have an adapter for, over real sockets.

#include "site.hpp"

#include <kue/buffered_queue.hpp>
#include <kue/open_queue.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <filesystem>

namespace {

using namespace std::chrono_literals;
using kue::Flush;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

struct Framework {
  std::string name;
  MakeServer make;
};

class Web : public testing::TestWithParam<Framework> {
 protected:
  static kue::FlusherOptions flush(Flush when) { return {.flush = when}; }
};

INSTANTIATE_TEST_SUITE_P(
    Frameworks, Web,
    testing::Values(Framework{"httplib", httplib_server},
                    Framework{"beast_1_thread",
                              [](auto& flusher, Page page) { return beast_server(flusher, std::move(page), 1); }},
                    Framework{"beast_2_threads",
                              [](auto& flusher, Page page) { return beast_server(flusher, std::move(page), 2); }}),
    [](auto const& framework) { return framework.param.name; });

// ---- slow flushes

TEST_P(Web, before_the_response_the_client_waits_for_a_slow_flush) {
  Site site(GetParam().make, flush(Flush::before_response));
  site.queue.hold(true);
  Client client(site.port());
  client.post("/", "7");
  ASSERT_TRUE(site.queue.wait_calls(1));
  EXPECT_FALSE(client.has_bytes_within(200ms)) << "answered before the queue had the job";
  site.queue.hold(false);
  Answer const answer = client.read();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(site.taken_ids(), (std::multiset<std::string>{answer.body.substr(0, 36)}));
}

TEST_P(Web, after_the_response_the_client_has_the_whole_body_before_a_slow_flush_ends) {
  Site site(GetParam().make, flush(Flush::after_response), [](auto&, auto&, kue::Batch& batch) {
    batch.push(Order("7"));
    return std::string(1'000'000, 'x');
  });
  site.queue.hold(true);
  Client client(site.port());
  Answer const answer = client.ask("/");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body.size(), 1'000'000U);
  ASSERT_TRUE(site.queue.wait_calls(1));
  EXPECT_TRUE(site.queue.taken().empty()) << "the flush is held until the end of this test";
  EXPECT_EQ(client.ask("/").status, 200) << "nor does the next request of the connection wait for it";
  EXPECT_TRUE(site.queue.taken().empty());
  site.queue.hold(false);
  EXPECT_TRUE(site.queue.wait_taken(2));
}

TEST_P(Web, after_the_response_means_when_the_last_byte_is_on_its_way) {
  constexpr std::size_t kBody = 12'000'000;  // more than the kernel keeps for a client that does not read
  Site site(GetParam().make, flush(Flush::after_response), [](auto&, auto&, kue::Batch& batch) {
    batch.push(Order("7"));
    return std::string(kBody, 'x');
  });
  Client client(site.port(), 256 * 1024);
  client.post("/");
  ASSERT_TRUE(client.has_bytes_within(60s));
  std::this_thread::sleep_for(200ms);  // time in which a flush that does not wait would have come
  EXPECT_EQ(site.queue.calls(), 0);
  EXPECT_EQ(client.read().body.size(), kBody);
  EXPECT_TRUE(site.queue.wait_taken(1));
}

// ---- failing flushes

TEST_P(Web, before_the_response_a_failing_flush_is_a_503_and_nothing_is_pushed) {
  Site site(GetParam().make, flush(Flush::before_response));
  site.queue.go_away();
  Client client(site.port());
  Answer const refused = client.ask("/", "secret");
  EXPECT_EQ(refused.status, 503);
  EXPECT_THAT(refused.body, AllOf(HasSubstr("try again later"), Not(HasSubstr("away")))) << "the reason is for the log";
  EXPECT_EQ(site.flusher->counts().refused, 1U);
  EXPECT_THAT(site.log->lines(),
              Contains(AllOf(HasSubstr("it is refused (the server is away)"), HasSubstr("not pushed: Order#"))));
  EXPECT_THAT(site.log->lines(), Not(Contains(HasSubstr("secret"))));
  site.queue.come_back();
  EXPECT_EQ(client.ask("/", "8").status, 200) << "on the same connection";
  EXPECT_TRUE(site.flusher->stop(60s));
  EXPECT_EQ(site.queue.taken().size(), 1U) << "what was refused is not pushed later";
}

TEST_P(Web, before_the_response_a_flush_of_unknown_outcome_says_so) {
  Site site(GetParam().make, flush(Flush::before_response));
  site.queue.fail([](auto) { throw kue::Error::with_unknown_outcome(kue::ErrorKind::timeout, "no answer"); });
  EXPECT_EQ(Client(site.port()).ask("/", "7").status, 503);
  EXPECT_THAT(site.log->lines(), Contains(HasSubstr("these jobs may have been pushed or not: Order#")));
}

TEST_P(Web, before_the_response_a_foreign_exception_of_the_queue_is_a_503_too) {
  Site site(GetParam().make, flush(Flush::before_response));
  site.queue.fail([](auto) { throw std::runtime_error("ERR"); });
  EXPECT_EQ(Client(site.port()).ask("/", "7").status, 503);
}

TEST_P(Web, after_the_response_a_failing_flush_is_tried_until_the_job_arrives_once) {
  Site site(GetParam().make, flush(Flush::after_response));
  site.queue.go_away();
  Answer const answer = Client(site.port()).ask("/", "secret");
  EXPECT_EQ(answer.status, 200);
  std::string const id = answer.body.substr(0, 36);
  ASSERT_TRUE(site.queue.wait_calls(3));
  EXPECT_GE(site.flusher->counts().failed_flushes, 2U);
  EXPECT_EQ(site.flusher->counts().waiting, 1U);
  EXPECT_THAT(site.log->lines(), Contains(AllOf(HasSubstr("the server is away"), HasSubstr("Order#" + id))));
  EXPECT_THAT(site.log->lines(), Not(Contains(HasSubstr("secret"))));
  site.queue.come_back();
  ASSERT_TRUE(site.queue.wait_taken(1));
  EXPECT_TRUE(site.flusher->stop(60s));
  EXPECT_EQ(site.taken_ids(), (std::multiset<std::string>{id}));
}

TEST_P(Web, while_nothing_more_can_be_kept_requests_are_flushed_before_their_response) {
  Site site(GetParam().make, {.flush = Flush::after_response, .max_jobs = 1});
  site.queue.go_away();
  Client client(site.port());
  EXPECT_EQ(client.ask("/", "7").status, 200);
  EXPECT_EQ(client.ask("/", "8").status, 503) << "answered 200 for a job that nobody keeps";
  site.queue.come_back();
  ASSERT_TRUE(becomes_true([&] { return site.flusher->counts().waiting == 0; }));
  EXPECT_EQ(client.ask("/", "9 10").status, 200);  // more than there is ever room for: flushed before
  EXPECT_EQ(site.queue.taken().size(), 3U);
}

TEST_P(Web, what_waits_at_the_end_and_cannot_be_pushed_is_named) {
  Site site(GetParam().make, {.flush = Flush::after_response, .stop_timeout = 10ms});
  site.queue.go_away();
  std::string const id = Client(site.port()).ask("/", "7").body.substr(0, 36);
  site.server.reset();
  site.flusher.reset();
  EXPECT_THAT(site.log->lines(), Contains(AllOf(HasSubstr("1 jobs are lost"), HasSubstr(id))));
}

// ---- handlers

TEST_P(Web, a_handler_that_throws_has_pushed_nothing_and_the_log_says_what) {
  for (Flush const when : {Flush::before_response, Flush::after_response}) {
    Site site(GetParam().make, flush(when), [](auto&, auto& body, kue::Batch& batch) -> std::string {
      place_orders("", body, batch);
      if (body == "bad") throw std::runtime_error("the handler failed");
      return "good";
    });
    Client client(site.port());
    EXPECT_EQ(client.ask("/", "bad").status, 500);
    EXPECT_EQ(client.ask("/", "good").status, 200);
    EXPECT_TRUE(site.queue.wait_taken(1));
    EXPECT_TRUE(site.flusher->stop(60s));
    EXPECT_EQ(site.queue.taken().size(), 1U);
    EXPECT_THAT(site.log->lines(), Contains(HasSubstr("1 jobs were not pushed: Order#")));
  }
}

TEST_P(Web, a_handler_that_discards_or_pushes_nothing_still_flushes_the_queue) {
  Site site(GetParam().make, flush(Flush::after_response), [](auto&, auto& body, kue::Batch& batch) {
    place_orders("", body, batch);
    batch.discard();
    return std::string("no");
  });
  EXPECT_EQ(Client(site.port()).ask("/", "7").status, 200);
  EXPECT_TRUE(site.queue.wait_flushes(1));
  EXPECT_EQ(site.queue.calls(), 0);
  EXPECT_TRUE(site.log->lines().empty());
}

TEST_P(Web, a_queue_service_that_collects_is_flushed_once_a_request) {
  for (Flush const when : {Flush::before_response, Flush::after_response}) {
    auto made = std::make_unique<kue::queue_tests::FickleQueue>();
    auto& behind = *made;
    kue::BufferedQueue service(std::move(made));
    Site site(
        GetParam().make, flush(when),
        [&](auto&, auto&, kue::Batch&) {
          service.push(Order("7"));
          service.push(Order("8"));
          return std::string("pushed to the service, as a controller of the first page does");
        },
        &service);
    EXPECT_EQ(Client(site.port()).ask("/").status, 200);
    if (when == Flush::before_response) {
      EXPECT_EQ(behind.taken().size(), 2U);
    }
    ASSERT_TRUE(behind.wait_taken(2));
    EXPECT_EQ(behind.sizes(), (std::vector<std::size_t>{2}));
  }
}

// ---- clients

TEST_P(Web, a_client_that_leaves_in_the_middle_of_its_request_pushes_nothing) {
  std::atomic<int> handled = 0;
  Site site(GetParam().make, flush(Flush::after_response), [&](auto&, auto& body, kue::Batch& batch) {
    ++handled;
    return place_orders("", body, batch);
  });
  {
    Client client(site.port());
    client.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 100\r\n\r\n7 8 9");
  }
  EXPECT_EQ(Client(site.port()).ask("/", "10").status, 200);
  ASSERT_TRUE(site.queue.wait_taken(1));
  EXPECT_EQ(handled, 1);
}

TEST_P(Web, a_client_that_leaves_early_does_not_take_its_jobs_along) {
  for (Flush const when : {Flush::before_response, Flush::after_response}) {
    Site site(GetParam().make, flush(when), [](auto&, auto& body, kue::Batch& batch) {
      place_orders("", body, batch);
      return std::string(12'000'000, 'x');
    });
    {
      Client client(site.port(), 256 * 1024);
      client.post("/", "7");
      ASSERT_TRUE(client.has_bytes_within(60s));
    }
    EXPECT_TRUE(site.queue.wait_taken(1));
  }
}

TEST_P(Web, requests_of_one_connection_do_not_mix_their_batches) {
  Site site(GetParam().make, flush(Flush::before_response));
  Client first(site.port()), second(site.port());
  std::string ids;
  for (int i = 0; i < 10; ++i) {
    ids += first.ask("/", "a b").body;
    ids += second.ask("/", "c d").body;
  }
  EXPECT_EQ(site.queue.sizes(), std::vector<std::size_t>(20, 2)) << "one call a request";
  std::string taken;
  for (kue::Envelope const& job : site.queue.taken()) taken += job.id.str() + "\n";
  EXPECT_EQ(taken, ids) << "in the order of the requests";
}

TEST_P(Web, eight_clients_at_once_get_what_they_pushed) {
  for (Flush const when : {Flush::before_response, Flush::after_response}) {
    Site site(GetParam().make, flush(when));
    std::mutex mutex;
    std::multiset<std::string> ids;
    {
      std::vector<std::jthread> clients;
      for (int c = 0; c < 8; ++c) {
        clients.emplace_back([&] {
          Client client(site.port());
          for (int i = 0; i < 25; ++i) {
            Answer const answer = client.ask("/", "x y");
            std::lock_guard const lock(mutex);
            ids.insert(answer.body.substr(0, 36));
            ids.insert(answer.body.substr(37, 36));
          }
        });
      }
    }
    if (when == Flush::before_response) {
      EXPECT_EQ(site.taken_ids(), ids);
    }
    EXPECT_TRUE(site.queue.wait_taken(400));
    EXPECT_TRUE(site.flusher->stop(60s));
    EXPECT_EQ(site.taken_ids(), ids);
    EXPECT_EQ(ids.size(), 400U);
  }
}

// ---- a real store that cannot be written for a while

class Database {
 public:
  Database() : folder_(testing::TempDir() + "web_" + std::to_string(::getpid())) {
    std::filesystem::create_directories(folder_);
    store = kue::open_store("sqlite:" + folder_ + "/jobs.db");
    EXPECT_EQ(::sqlite3_open((folder_ + "/jobs.db").c_str(), &other_), SQLITE_OK);
    ::sqlite3_busy_timeout(other_, 60'000);
  }
  ~Database() {
    ::sqlite3_close(other_);
    std::filesystem::remove_all(folder_);
  }
  void break_it() {
    run("CREATE TRIGGER broken BEFORE INSERT ON kue_jobs BEGIN SELECT RAISE(ABORT, 'the disk is on fire'); END");
  }
  void mend_it() { run("DROP TRIGGER broken"); }

  std::shared_ptr<kue::Store> store;

 private:
  void run(char const* sql) {
    EXPECT_EQ(::sqlite3_exec(other_, sql, nullptr, nullptr, nullptr), SQLITE_OK) << ::sqlite3_errmsg(other_);
  }
  std::string folder_;
  sqlite3* other_ = nullptr;
};

TEST_P(Web, a_file_that_cannot_be_written_refuses_before_the_response) {
  Database database;
  kue::StoreQueue queue(database.store);
  database.break_it();
  {
    Site site(GetParam().make, flush(Flush::before_response), place_orders, &queue);
    EXPECT_EQ(Client(site.port()).ask("/", "7").status, 503);
    EXPECT_THAT(site.log->lines(), Contains(HasSubstr("the disk is on fire")));
  }
  Site site(GetParam().make, flush(Flush::after_response), place_orders, &queue);
  Answer const answer = Client(site.port()).ask("/", "8");
  EXPECT_EQ(answer.status, 200);
  ASSERT_TRUE(becomes_true([&] { return site.flusher->counts().failed_flushes >= 2; }));
  database.mend_it();
  ASSERT_TRUE(
      becomes_true([&] { return database.store->get(*kue::JobId::parse(answer.body.substr(0, 36))).has_value(); }));
  EXPECT_TRUE(site.flusher->stop(60s));
  EXPECT_EQ(database.store->counts().at(0).of(kue::State::available), 1);
}

}  // namespace
