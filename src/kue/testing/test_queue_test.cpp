#include <kue/error.hpp>
#include <kue/testing/gmock.hpp>
#include <kue/testing/log_lines.hpp>
#include <kue/testing/test_queue.hpp>

#include <gtest/gtest.h>

#include <stdexcept>
#include <thread>

namespace test_queue_test {

using namespace std::chrono_literals;
using kue::State;
using kue::testing::AllCompleted;
using kue::testing::AssertionFailed;
using kue::testing::Expected;
using kue::testing::HasPushed;
using kue::testing::Run;
using kue::testing::Runs;
using kue::testing::TestQueue;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

struct Mailer {
  std::vector<std::string> sent;
  int broken_for = 0;  // so many sends fail
};

struct SendInvoice {
  static constexpr std::string_view kind = "SendInvoice";
  static constexpr kue::JobOptions options{.queue = "billing", .max_attempts = 3};
  int order = 0;
  std::string locale = "en";
  void run(Mailer& mailer, kue::Logger& log) const {
    log.info("sending {}", order);
    if (mailer.broken_for-- > 0) throw std::runtime_error("no road to the mail server");
    mailer.sent.push_back(std::to_string(order));
  }
  void failed(kue::Failure const& failure, kue::Logger& log) const { log.error("never sent: {}", failure.message); }
  bool operator==(SendInvoice const&) const = default;
};

struct CloseMonth {  // pushes one job an order
  static constexpr std::string_view kind = "CloseMonth";
  int orders = 0;
  void run(kue::Queue& queue) const {
    for (int i = 1; i <= orders; ++i) queue.push(SendInvoice(i), {.priority = -i});
  }
};

struct Echo {  // forever
  static constexpr std::string_view kind = "Echo";
  void run(kue::Queue& queue) const { queue.push(Echo()); }
};

struct Wait {
  static constexpr std::string_view kind = "Wait";
  kue::Outcome run(kue::Context& ctx) const { return ctx.claim_no() < 3 ? kue::snooze(1min) : kue::completed(); }
};

class Ticket {  // a member that KUE_FIELDS forgot does not travel
 public:
  static constexpr std::string_view kind = "Ticket";
  Ticket() = default;
  Ticket(int number, std::string seat) : number_(number), seat_(std::move(seat)) {}
  void run() const {}
  bool operator==(Ticket const&) const = default;
  KUE_FIELDS(number_)

 private:
  int number_ = 0;
  std::string seat_;
};

struct Shop : kue::Services {
  Mailer mailer;
  kue::Queue* queue = nullptr;
  void* find(std::type_info const& type) override {
    return type == typeid(Mailer) ? &mailer : type == typeid(kue::Queue) ? static_cast<void*>(queue) : nullptr;
  }
  bool has(std::type_info const& type) override { return type == typeid(Mailer) || type == typeid(kue::Queue); }
};

class TestQueueTest : public testing::Test {
 protected:
  TestQueueTest() {
    registry.add<SendInvoice>();
    registry.add<CloseMonth>();
    registry.add<Echo>();
    registry.add<Wait>();
    registry.add<Ticket>();
  }
  TestQueue& queue(kue::testing::TestQueueOptions options = {}) {
    made = std::make_unique<TestQueue>(registry, shop, options);
    shop.queue = made.get();
    return *made;
  }

  kue::Registry registry;
  Shop shop;
  std::unique_ptr<TestQueue> made;
};

template <class F> std::string failure_of(F const& assertion) {
  try {
    assertion();
  } catch (AssertionFailed const& failed) {
    return failed.what();
  }
  return "(it holds)";
}

TEST_F(TestQueueTest, tells_what_was_pushed_and_with_which_options) {
  TestQueue& q = queue();
  q.assert_nothing_pushed();
  q.push(SendInvoice(7), {.delay = 5min, .priority = 3, .timeout = 1min, .tags = {"eu", "monthly"}});
  q.assert_pushed(
      SendInvoice(7),
      {.queue = "billing", .delay = 5min, .priority = 3, .max_attempts = 3U, .timeout = 1min, .tags = {"eu"}});
  q.assert_pushed<SendInvoice>({.run_at = q.clock().now() + 5min});
  EXPECT_EQ(q.assert_pushed<SendInvoice>().order, 7);
  EXPECT_THAT(q.pushed<SendInvoice>(), ElementsAre(SendInvoice(7)));
  EXPECT_THAT(q.pushed<SendInvoice>({.queue = "mail"}), ElementsAre());
  q.assert_not_pushed<Echo>();
  q.forget_pushes();
  q.assert_nothing_pushed();
  EXPECT_EQ(q.store().query({}).jobs.size(), 1U) << "the job itself is still there";
}

TEST_F(TestQueueTest, an_assertion_that_does_not_hold_tells_all_that_was_pushed_instead) {
  TestQueue& q = queue();
  EXPECT_THAT(failure_of([&] { q.assert_pushed<SendInvoice>(); }),
              HasSubstr("expected one push of SendInvoice, found none.\nNothing was pushed."));
  q.push(SendInvoice(8), {.delay = 1min, .tags = {"eu"}});
  q.push(Echo());
  std::string const text = failure_of([&] { q.assert_pushed(SendInvoice(7), {.queue = "billing", .delay = 5min}); });
  EXPECT_THAT(text, HasSubstr("test_queue_test.cpp:")) << "where the assertion stands";
  EXPECT_THAT(
      text,
      HasSubstr(
          R"(expected one push of SendInvoice {"order":7,"locale":"en"} on queue billing, delay 300 s, found none.)"));
  EXPECT_THAT(text, HasSubstr(R"(other arguments, delay: SendInvoice {"order":8,"locale":"en"} on queue billing, )"
                              "delay 60 s, priority 0, tags eu"));
  EXPECT_THAT(text, HasSubstr("What was pushed:\n  SendInvoice"));
  EXPECT_THAT(text, HasSubstr("\n  Echo {} on queue default"));
  EXPECT_THAT(failure_of([&] { q.assert_not_pushed<Echo>(); }), HasSubstr("expected no push of Echo, found 1."));
  EXPECT_THAT(failure_of([&] { q.assert_pushed<Echo>({.times = 2}); }),
              HasSubstr("expected 2 pushes of Echo, found 1."));
  EXPECT_THAT(failure_of([&] { q.assert_nothing_pushed(); }), HasSubstr("Echo {}"));
  for (Expected const& other :
       {Expected{.queue = "x"}, Expected{.delay = 1ms}, Expected{.run_at = kue::TimePoint()}, Expected{.priority = 9},
        Expected{.max_attempts = 9U}, Expected{.timeout = 9ms}, Expected{.tags = {"us"}}}) {
    EXPECT_THAT(failure_of([&] { q.assert_pushed<SendInvoice>(other); }), HasSubstr("found none"));
  }
}

TEST_F(TestQueueTest, matchers_of_gmock_say_the_same) {
  TestQueue& q = queue();
  q.push(SendInvoice(7));
  EXPECT_THAT(q, HasPushed(SendInvoice(7), {.queue = "billing"}));
  EXPECT_THAT(q, HasPushed<SendInvoice>({.times = 1}));
  EXPECT_THAT(q, Not(HasPushed(SendInvoice(8))));
  testing::StringMatchResultListener listener;
  EXPECT_FALSE(testing::ExplainMatchResult(HasPushed(SendInvoice(8)), q, &listener));
  EXPECT_THAT(listener.str(), HasSubstr("other arguments: SendInvoice {\"order\":7"));
  EXPECT_THAT(q.drain(), AllCompleted());
}

TEST_F(TestQueueTest, drain_runs_what_is_due_and_what_that_pushes_in_the_order_of_a_worker) {
  TestQueue& q = queue();
  q.push(CloseMonth(3));
  q.push(SendInvoice(9), {.delay = 1h});
  Runs const runs = q.drain();
  runs.assert_all_completed();
  EXPECT_EQ(runs.size(), 4U) << runs.text();
  EXPECT_THAT(shop.mailer.sent, ElementsAre("3", "2", "1")) << "by priority";
  EXPECT_EQ(runs.of<SendInvoice>()[0].log, (std::vector<std::string>{"info sending 3"}));
  EXPECT_EQ(q.pushes()[2].by.kind(), "CloseMonth");
  q.advance(1h - 1ms);
  EXPECT_TRUE(q.drain().empty());
  q.advance(1ms);
  EXPECT_THAT(q.drain(), AllCompleted());
  EXPECT_EQ(shop.mailer.sent.back(), "9");
  EXPECT_EQ(q.runs().size(), 5U);
}

TEST_F(TestQueueTest, a_job_that_fails_is_tried_again_by_the_real_policy_until_it_is_discarded) {
  TestQueue& q = queue();
  shop.mailer.broken_for = 3;
  kue::JobId const id = q.push(SendInvoice(7));
  Runs const first = q.drain();
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].state, State::retryable);
  EXPECT_GE(first[0].delay, 15s);
  EXPECT_LT(first[0].delay, 26s) << "n^4 + 15 + rand(10(n+1)) seconds";
  EXPECT_EQ(first[0].outcome.failure.message, "no road to the mail server");
  std::string const text = failure_of([&] { first.assert_all_completed(); });
  EXPECT_THAT(text, HasSubstr("SendInvoice {\"order\":7,\"locale\":\"en\"} attempt 1: retryable (error), again in "));
  EXPECT_THAT(text, HasSubstr("no road to the mail server"));
  EXPECT_THAT(text, HasSubstr("log: info sending 7"));
  EXPECT_TRUE(q.drain().empty()) << "not before its time";

  Runs const rest = q.drain_for(24h);
  ASSERT_EQ(rest.size(), 2U) << rest.text();
  EXPECT_EQ(rest[0].attempt, 2U);
  EXPECT_EQ(rest[1].state, State::discarded);
  EXPECT_THAT(rest[1].log, ElementsAre("info sending 7", "error never sent: no road to the mail server"))
      << "failed() ran";
  EXPECT_EQ(q.state(id), State::discarded);
  EXPECT_EQ(q.record(id).errors.size(), 3U);
}

TEST_F(TestQueueTest, a_job_that_fails_once_counts_as_completed_in_the_end) {
  TestQueue& q = queue();
  shop.mailer.broken_for = 1;
  q.push(SendInvoice(7));
  kue::TimePoint const start = q.clock().now();
  Runs const runs = q.drain_for(1h);
  runs.assert_all_completed();
  EXPECT_EQ(runs.size(), 2U);
  EXPECT_EQ(runs[1].at, start + runs[0].delay) << "each job runs when it is due";
  EXPECT_EQ(q.clock().now(), start + 1h);
}

TEST_F(TestQueueTest, a_job_that_snoozes_runs_when_it_asked_to) {
  TestQueue& q = queue();
  q.push(Wait());
  EXPECT_EQ(q.drain()[0].state, State::scheduled);
  Runs const runs = q.drain_for(5min);
  EXPECT_EQ(runs.size(), 2U);
  runs.assert_all_completed();
}

TEST_F(TestQueueTest, jobs_that_push_each_other_for_ever_are_stopped_with_a_reason) {
  TestQueue& q = queue({.most_runs = 20});
  q.push(Echo());
  try {
    q.drain();
    FAIL() << "it ended";
  } catch (kue::Error const& error) {
    EXPECT_THAT(error.what(),
                HasSubstr("drain ran 20 jobs and a Echo {} is still due: jobs that push each other forever?"));
  }
  EXPECT_EQ(q.runs().size(), 20U);
}

TEST_F(TestQueueTest, runs_inside_push_if_asked_and_a_failure_does_not_come_out_of_push) {
  TestQueue& q = queue({.run_on_push = true});
  shop.mailer.broken_for = 1;
  q.push(SendInvoice(1));
  q.push(CloseMonth(2));
  EXPECT_THAT(shop.mailer.sent, ElementsAre("2", "1"));
  EXPECT_EQ(q.runs()[0].state, State::retryable);
  q.push(SendInvoice(5), {.delay = 1min});
  EXPECT_EQ(shop.mailer.sent.size(), 2U) << "a job that is not due waits here too";
}

TEST_F(TestQueueTest, a_member_that_does_not_travel_is_noticed) {
  kue::testing::assert_travels(SendInvoice(7, "de"));
  EXPECT_THAT(failure_of([] { kue::testing::assert_travels(Ticket(7, "12A")); }),
              HasSubstr("a Ticket does not arrive as it was pushed. What travels is {\"number\":7}; a member that is "
                        "not in it is missing in KUE_FIELDS"));
}

TEST_F(TestQueueTest, a_push_of_another_thread_can_be_waited_for) {
  TestQueue& q = queue();
  std::jthread server([&] {
    q.push(SendInvoice(1));
    q.push(SendInvoice(2));
  });
  EXPECT_EQ(q.wait_for_pushed<SendInvoice>({.times = 2}, 30s).order, 1);
  EXPECT_THAT(failure_of([&] { q.wait_for_pushed<Echo>({}, 20ms); }),
              HasSubstr("after 20 ms: expected one push of Echo, found none.\nWhat was pushed:\n  SendInvoice"));
}

TEST_F(TestQueueTest, many_threads_push_while_one_drains) {
  TestQueue& q = queue();
  {
    std::vector<std::jthread> servers;
    for (int t = 0; t < 4; ++t) {
      servers.emplace_back([&] {
        for (int i = 0; i < 50; ++i) q.push(SendInvoice(i));
      });
    }
    for (int i = 0; i < 20; ++i) q.drain();
  }
  q.drain();
  q.assert_pushed<SendInvoice>({.times = 200});
  EXPECT_EQ(shop.mailer.sent.size(), 200U);
}

TEST_F(TestQueueTest, refuses_what_the_real_queue_refuses) {
  TestQueue& q = queue({.capabilities = kue::Capabilities{}});
  EXPECT_THROW(q.push(SendInvoice(7), {.delay = 1s}), kue::Error);
  q.assert_nothing_pushed();
}

TEST_F(TestQueueTest, one_id_is_one_job) {
  TestQueue& q = queue();
  kue::Envelope const job = kue::make_envelope(SendInvoice(7));
  q.push(job);
  q.push(job);
  q.assert_pushed<SendInvoice>();
}

TEST_F(TestQueueTest, time_moves_only_when_it_is_moved_and_a_paused_queue_ends_no_drain) {
  TestQueue& q = queue({.now = kue::TimePoint(kue::Millis(1'800'000'000'000))});
  q.push(SendInvoice(7), {.delay = 1min});
  q.store().pause({.queue = "billing"});
  EXPECT_TRUE(q.drain_for(1h).empty());
  EXPECT_EQ(q.clock().now().time_since_epoch(), 1'800'003'600'000ms);
  q.store().resume({.queue = "billing"});
  EXPECT_THAT(q.drain(), AllCompleted());
}

TEST(LogLinesTest, keeps_what_a_logger_says) {
  auto const lines = std::make_shared<kue::testing::LogLines>();
  kue::Logger log(lines);
  log.warn("{} of {}", 1, 2);
  log.debug("not this");
  EXPECT_TRUE(lines->say("1 of 2"));
  EXPECT_THAT(lines->take(), ElementsAre("warn 1 of 2"));
  EXPECT_TRUE(lines->lines().empty());
}

}  // namespace test_queue_test
