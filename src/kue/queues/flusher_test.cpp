#include <kue/flusher.hpp>

#include <kue/buffered_queue.hpp>
#include <kue/error.hpp>
#include <kue/open_queue.hpp>
#include <kue/testing/log_lines.hpp>

#include "kue/queues/fickle_queue_test.hpp"
#include "kue/queues/fixtures_test.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <future>
#include <set>

namespace kue {
namespace {

using namespace std::chrono_literals;
using queue_tests::FickleQueue;
using queue_tests::Greet;
using queue_tests::kPatience;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

struct Bench {
  FickleQueue queue;
  std::shared_ptr<kue::testing::LogLines> log = std::make_shared<kue::testing::LogLines>();
  std::optional<Flusher> flusher;
  explicit Bench(FlusherOptions options = {.retry_min = 1ms, .retry_max = 5ms}) {
    flusher.emplace(queue, options, Logger(log));
  }

  Batch batch(std::vector<std::string> const& names) {
    Batch made(*flusher);
    for (std::string const& name : names) made.push(Greet(name));
    return made;
  }
  void flush(std::vector<std::string> const& names) { send(batch(names)); }  // as after a response
  static void send(Batch batch) { batch.hold(); }
  std::multiset<std::string> taken_names() {
    std::multiset<std::string> names;
    for (Envelope const& job : queue.taken()) names.insert(from_json<Greet>(job.args).name);
    return names;
  }
};

bool becomes_true(std::function<bool()> const& what) {
  for (auto const end = std::chrono::steady_clock::now() + kPatience; std::chrono::steady_clock::now() < end;
       std::this_thread::sleep_for(1ms)) {
    if (what()) return true;
  }
  return false;
}

TEST(Flusher, returns_at_once_and_sends_on_its_own_thread) {
  Bench bench;
  bench.queue.hold(true);
  bench.flush({"a", "b"});  // would wait for the test's own patience if it were sent here
  ASSERT_TRUE(bench.queue.wait_calls(1));
  EXPECT_NE(bench.queue.caller(), std::this_thread::get_id());
  EXPECT_EQ(bench.flusher->counts().waiting, 2U);
  bench.queue.hold(false);
  ASSERT_TRUE(bench.queue.wait_taken(2));
  EXPECT_TRUE(becomes_true([&] { return bench.flusher->counts().waiting == 0; }));
  EXPECT_EQ(bench.flusher->counts().sent, 2U);
}

TEST(Flusher, sends_batches_that_wait_together_in_one_call) {
  Bench bench;
  bench.queue.hold(true);
  bench.flush({"first"});
  ASSERT_TRUE(bench.queue.wait_calls(1));
  for (int i = 0; i < 10; ++i) bench.flush({"x", "y"});
  bench.queue.hold(false);
  ASSERT_TRUE(bench.queue.wait_taken(21));
  EXPECT_EQ(bench.queue.sizes(), (std::vector<std::size_t>{1, 20}));
}

// Fault 30 of the original: a flush that failed after the response was sent was never heard of.
TEST(Faults, fault_30_a_flush_that_fails_after_the_response_is_logged_counted_and_tried_until_the_queue_is_back) {
  Bench bench;
  bench.queue.go_away();
  Batch batch = bench.batch({"secret"});
  JobId const id = batch.jobs()[0].id;
  bench.send(std::move(batch));
  ASSERT_TRUE(bench.queue.wait_calls(3));
  EXPECT_GE(bench.flusher->counts().failed_flushes, 2U);
  EXPECT_THAT(bench.log->lines(), Contains(AllOf(HasSubstr("flush of 1 jobs failed (the server is away)"),
                                                 HasSubstr("Greet#" + id.str()))));
  EXPECT_THAT(bench.log->lines(), Not(Contains(HasSubstr("secret")))) << "arguments are nobody's business";
  bench.queue.come_back();
  ASSERT_TRUE(bench.queue.wait_taken(1));
  ASSERT_TRUE(becomes_true([&] { return bench.flusher->counts().sent == 1; }));
  EXPECT_TRUE(bench.flusher->stop(1s));
  ASSERT_EQ(bench.queue.taken().size(), 1U) << "once";
  EXPECT_EQ(bench.queue.taken()[0].id, id);
}

TEST(Flusher, waits_longer_after_each_failure) {
  Bench bench({.retry_min = 20ms, .retry_max = 80ms});
  bench.queue.go_away();
  auto const start = std::chrono::steady_clock::now();
  bench.flush({"x"});
  ASSERT_TRUE(bench.queue.wait_calls(5));
  EXPECT_GE(std::chrono::steady_clock::now() - start, 20ms + 40ms + 80ms + 80ms);
  bench.queue.come_back();
}

TEST(Flusher, is_bounded_and_leaves_a_batch_alone_that_it_cannot_take) {
  Bench bench({.max_jobs = 3, .retry_min = 1ms, .retry_max = 5ms});
  bench.queue.go_away();
  bench.flush({"1", "2"});
  Batch batch = bench.batch({"3", "4"});
  try {
    batch.hold();
    FAIL() << "was taken";
  } catch (Error const& error) {
    EXPECT_EQ(error.kind(), ErrorKind::full);
    EXPECT_THAT(error.what(), HasSubstr("2 jobs of"));
  }
  EXPECT_EQ(batch.size(), 2U);
  bench.queue.come_back();
  ASSERT_TRUE(becomes_true([&] { return bench.flusher->counts().waiting == 0; }));
  bench.send(std::move(batch));
  ASSERT_TRUE(bench.queue.wait_taken(4));
}

TEST(Flusher, is_bounded_in_bytes) {
  Bench bench({.max_bytes = 10'000, .retry_min = 1ms});
  EXPECT_THROW(bench.flush({std::string(10'000, 'x')}), Error);
  bench.flush({std::string(5'000, 'x')});
  ASSERT_TRUE(bench.queue.wait_taken(1));
}

TEST(Flusher, sends_a_batch_that_holds_its_room_when_it_is_told_sent_or_ends) {
  Bench bench({.max_jobs = 1});
  {
    Batch batch = bench.batch({"held"});
    EXPECT_EQ(batch.state(), Batch::State::collecting);
    batch.hold();
    EXPECT_EQ(batch.state(), Batch::State::handled);
    EXPECT_EQ(bench.flusher->counts().waiting, 1U);
    EXPECT_THROW(bench.flush({"another"}), Error);
    EXPECT_EQ(bench.queue.calls(), 0);
  }
  ASSERT_TRUE(bench.queue.wait_taken(1));
  ASSERT_TRUE(becomes_true([&] { return bench.flusher->counts().waiting == 0; }));
  Batch told = bench.batch({"told"});
  told.hold();
  told.sent();
  EXPECT_TRUE(bench.queue.wait_taken(2));
}

TEST(Flusher, sends_the_handled_batch_that_is_assigned_over) {
  Bench bench;
  Batch batch = bench.batch({"first"});
  batch.hold();
  Batch other = bench.batch({"second"});
  other.hold();
  batch = std::move(other);
  ASSERT_TRUE(bench.queue.wait_taken(1));
  EXPECT_EQ(bench.taken_names(), (std::multiset<std::string>{"first"}));
  other.sent();  // moved from: nothing is left in it
  batch.sent();
  ASSERT_TRUE(bench.queue.wait_taken(2));
}

TEST(Flusher, takes_what_was_pushed_after_handled_too) {
  Bench bench({.flush = Flush::after_response, .retry_min = 1ms});
  Batch batch = bench.batch({"by the handler"});
  batch.handled();
  batch.push(Greet("while the body was streamed"));
  EXPECT_EQ(bench.queue.calls(), 0);
  batch.sent();
  EXPECT_TRUE(bench.queue.wait_taken(2));
}

TEST(Flusher, lets_handled_send_before_the_response_and_refuse) {
  Bench bench({.flush = Flush::before_response, .retry_min = 1ms});
  Batch batch = bench.batch({"before"});
  batch.handled();
  EXPECT_EQ(bench.queue.caller(), std::this_thread::get_id());
  bench.queue.go_away();
  Batch refused = bench.batch({"secret"});
  JobId const id = refused.jobs()[0].id;
  EXPECT_THROW(refused.handled(), Error);
  EXPECT_TRUE(refused.empty()) << "the client was told so, and tries again itself";
  EXPECT_EQ(bench.flusher->counts().refused, 1U);
  EXPECT_THAT(bench.log->lines(),
              Contains(AllOf(HasSubstr("not pushed: Greet#" + id.str()), Not(HasSubstr("secret")))));
}

TEST(Flusher, sends_before_the_response_what_it_has_no_room_for) {
  Bench bench({.flush = Flush::after_response, .max_jobs = 1});
  Batch first = bench.batch({"held"}), second = bench.batch({"no room"});
  first.handled();
  second.handled();
  EXPECT_EQ(bench.taken_names(), (std::multiset<std::string>{"no room"}));
  first.sent();
  EXPECT_TRUE(bench.queue.wait_taken(2));
}

TEST(Flusher, is_what_a_batch_needs_to_be_sent_later) {
  FickleQueue queue;
  Batch batch(queue);
  batch.push(Greet("x"));
  EXPECT_THROW(batch.hold(), Error);
  EXPECT_EQ(batch.size(), 1U);
  batch.handled();  // without a flusher: now
  EXPECT_EQ(queue.taken().size(), 1U);
}

// Nobody's job is held up by another that its queue will never take, whatever it throws.
class Poison : public ::testing::TestWithParam<bool> {};
TEST_P(Poison, holds_nobody_up) {
  Bench bench;
  bench.queue.fail([known = GetParam()](std::span<Envelope> jobs) {
    for (Envelope const& job : jobs) {
      if (job.args.find("poison") == job.args.npos) continue;
      if (known) throw Error(ErrorKind::invalid, "this job is refused");
      throw std::runtime_error("ERR bad value");
    }
  });
  bench.queue.hold(true);
  bench.flush({"first"});
  ASSERT_TRUE(bench.queue.wait_calls(1));
  bench.flush({"poison"});
  for (int i = 0; i < 20; ++i) bench.flush({"good"});
  bench.queue.hold(false);
  ASSERT_TRUE(bench.queue.wait_taken(21)) << bench.queue.taken().size();
  EXPECT_TRUE(becomes_true([&] { return bench.flusher->counts().waiting == 1; }));
  EXPECT_FALSE(bench.flusher->stop(0ms));
  EXPECT_EQ(bench.flusher->counts().lost, 1U);
  EXPECT_EQ(bench.queue.taken().size(), 21U);
}
INSTANTIATE_TEST_SUITE_P(Thrown, Poison, ::testing::Bool(),
                         [](auto const& thrown) { return thrown.param ? "as_kue_Error" : "as_a_foreign_exception"; });

TEST(Flusher, whose_queue_took_the_jobs_and_could_not_flush_flushes_again_without_pushing_again) {
  Bench bench;
  bench.queue.fail_flushes(true);
  bench.flush({"once"});
  ASSERT_TRUE(bench.queue.wait_flushes(3));
  bench.queue.fail_flushes(false);
  ASSERT_TRUE(bench.flusher->stop(kPatience));
  EXPECT_EQ(bench.queue.taken().size(), 1U);
  EXPECT_THAT(bench.log->lines(),
              Contains(HasSubstr("1 jobs were pushed, and the flush of their queue failed (the bulk request failed)")));
}

TEST(Flusher, flushes_a_queue_that_collects_by_itself) {
  auto made = std::make_unique<FickleQueue>();
  FickleQueue& behind = *made;
  BufferedQueue buffered(std::move(made));
  buffered.push(Greet("pushed by the handler, into the service"));
  Flusher flusher(buffered, {.flush = Flush::after_response});
  Batch(flusher).handled();
  ASSERT_TRUE(behind.wait_taken(1));
  EXPECT_TRUE(flusher.stop(kPatience));
}

TEST(Flusher, flushes_again_after_a_while_a_queue_whose_flush_has_failed) {
  Bench bench({.retry_min = 20ms, .retry_max = 20ms});
  bench.queue.fail_flushes(true);
  auto const start = std::chrono::steady_clock::now();
  bench.flusher->flush_again();
  bench.flusher->flush_again();  // one for both
  ASSERT_TRUE(bench.queue.wait_flushes(2));
  EXPECT_GE(std::chrono::steady_clock::now() - start, 40ms);
  bench.queue.fail_flushes(false);
  EXPECT_TRUE(bench.flusher->stop(kPatience));
  EXPECT_EQ(bench.queue.calls(), 0);
}

// ---- one try, for who waits for the answer

std::future<void> ask(Batch batch) {
  auto promise = std::make_shared<std::promise<void>>();
  batch.handled([promise](std::exception_ptr error) { error ? promise->set_exception(error) : promise->set_value(); });
  return promise->get_future();
}

TEST(Flusher, tells_the_one_who_asked) {
  Bench bench;
  auto first = ask(bench.batch({"taken"}));
  ASSERT_EQ(first.wait_for(kPatience), std::future_status::ready);
  EXPECT_NO_THROW(first.get());
  bench.queue.go_away();
  auto second = ask(bench.batch({"refused"}));
  ASSERT_EQ(second.wait_for(kPatience), std::future_status::ready);
  EXPECT_THROW(second.get(), Error);
  bench.queue.come_back();
  EXPECT_TRUE(bench.flusher->stop(kPatience));
  EXPECT_EQ(bench.taken_names(), (std::multiset<std::string>{"taken"})) << "what was refused is not tried again";
}

TEST(Flusher, does_not_let_the_one_who_asked_wait_behind_those_who_failed) {
  Bench bench({.retry_min = 60s, .retry_max = 60s});
  bench.queue.go_away();
  bench.flush({"waits a minute"});
  ASSERT_TRUE(becomes_true([&] { return bench.flusher->counts().failed_flushes == 1; }));
  bench.queue.come_back();
  auto asked = ask(bench.batch({"asked"}));
  ASSERT_EQ(asked.wait_for(kPatience), std::future_status::ready);
  EXPECT_NO_THROW(asked.get());
  EXPECT_TRUE(bench.queue.wait_taken(2)) << "and the others go as soon as one of them got through";
}

// ---- the end

TEST(Flusher, sends_at_the_end_what_waits_however_long_it_should_have_waited) {
  Bench bench({.retry_min = 60s, .retry_max = 60s});
  bench.queue.go_away();
  bench.flush({"a"});
  ASSERT_TRUE(becomes_true([&] { return bench.flusher->counts().failed_flushes == 1; }));
  bench.flush({"b"});
  bench.queue.come_back();
  bench.flusher.reset();
  EXPECT_EQ(bench.taken_names(), (std::multiset<std::string>{"a", "b"}));
}

TEST(Flusher, names_every_job_that_is_lost_at_the_end) {
  Bench bench({.retry_min = 1ms, .retry_max = 5ms});
  bench.queue.go_away();
  Batch batch = bench.batch(std::vector<std::string>(30, "secret"));
  auto const jobs = batch.jobs();
  bench.send(std::move(batch));
  EXPECT_FALSE(bench.flusher->stop(20ms));
  EXPECT_EQ(bench.flusher->counts().lost, 30U);
  EXPECT_EQ(bench.flusher->counts().waiting, 0U);
  std::string const said = bench.log->lines().back();
  EXPECT_THAT(said, HasSubstr("30 jobs are lost"));
  for (Envelope const& job : jobs) EXPECT_THAT(said, HasSubstr(job.id.str()));
  EXPECT_THAT(said, Not(HasSubstr("secret")));
}

TEST(Flusher, tries_once_on_the_callers_thread_what_comes_after_the_end) {
  Bench bench;
  Batch batch = bench.batch({"a response that is still being written"});
  batch.hold();
  EXPECT_TRUE(bench.flusher->stop(1s));
  batch.sent();
  EXPECT_EQ(bench.queue.taken().size(), 1U);
  EXPECT_EQ(bench.queue.caller(), std::this_thread::get_id());
  bench.queue.go_away();
  bench.flush({"too late"});
  EXPECT_EQ(bench.flusher->counts().lost, 1U);
  EXPECT_THAT(bench.log->lines(), Contains(HasSubstr("1 jobs are lost")));
}

TEST(Flusher, may_end_before_a_batch_that_was_handled) {
  Bench bench;
  Batch batch = bench.batch({"a"});
  batch.hold();
  bench.flusher.reset();
  batch.sent();
  EXPECT_EQ(bench.queue.taken().size(), 1U);
}

TEST(Flusher, that_was_never_used_has_no_thread_and_ends_at_once) {
  Bench bench;
  auto const threads = [] { return std::distance(std::filesystem::directory_iterator("/proc/self/task"), {}); };
  auto const before = threads();
  Flusher const idle(bench.queue);
  EXPECT_EQ(threads(), before) << "a program that forks workers has none";
  EXPECT_TRUE(bench.flusher->stop(0ms));
}

TEST(Flusher, refuses_to_be_used_after_a_fork_and_ends_in_the_child_without_waiting) {
  Bench bench;
  bench.flush({"of the parent"});
  ASSERT_TRUE(bench.queue.wait_taken(1));
  pid_t const child = ::fork();
  if (child == 0) {
    int refused = 1;
    try {
      bench.flush({"of the child"});
    } catch (Error const& error) {
      refused = error.kind() == ErrorKind::refused ? 0 : 2;
    }
    bench.flusher.reset();
    ::_exit(refused);
  }
  int status = 0;
  ASSERT_TRUE(becomes_true([&] { return ::waitpid(child, &status, WNOHANG) == child; }));
  EXPECT_EQ(status, 0);
}

TEST(Flusher, takes_batches_of_many_threads) {
  Bench bench;
  std::vector<std::jthread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&bench, t] {
      for (int i = 0; i < 50; ++i) {
        if (i == 10 * t) t % 2 ? bench.queue.go_away() : bench.queue.come_back();
        bench.flush({"x"});
      }
    });
  }
  threads.clear();
  bench.queue.come_back();
  EXPECT_TRUE(bench.flusher->stop(kPatience));
  std::set<std::string> ids;
  for (Envelope const& job : bench.queue.taken()) ids.insert(job.id.str());
  EXPECT_EQ(ids.size(), 400U);
  EXPECT_EQ(bench.queue.taken().size(), 400U);
}

// ---- a real store

TEST(Flusher, brings_a_job_once_to_a_file_that_cannot_be_written_for_a_while) {
  std::string const folder = ::testing::TempDir() + "flusher_" + std::to_string(::getpid());
  std::filesystem::create_directories(folder);
  std::string const file = folder + "/jobs.db";
  auto const store = std::shared_ptr<Store>(open_store("sqlite:" + file));
  StoreQueue queue(store);
  auto const log = std::make_shared<kue::testing::LogLines>();
  Flusher flusher(queue, {.retry_min = 1ms, .retry_max = 5ms}, Logger(log));

  // What another program may do to the file: from now on each new job is refused by a trigger.
  sqlite3* other = nullptr;
  ASSERT_EQ(::sqlite3_open(file.c_str(), &other), SQLITE_OK);
  ASSERT_EQ(::sqlite3_exec(other,
                           "PRAGMA busy_timeout=20000; CREATE TRIGGER broken BEFORE INSERT ON kue_jobs BEGIN SELECT "
                           "RAISE(ABORT, 'the disk is on fire'); END",
                           nullptr, nullptr, nullptr),
            SQLITE_OK)
      << ::sqlite3_errmsg(other);
  Batch batch(flusher);
  JobId const id = batch.push(Greet("John"));
  batch.hold();
  batch.sent();
  ASSERT_TRUE(becomes_true([&] { return flusher.counts().failed_flushes >= 2; }));
  EXPECT_FALSE(store->get(id));
  EXPECT_THAT(log->lines(), Contains(AllOf(HasSubstr("the disk is on fire"), HasSubstr(id.str()))));
  ASSERT_EQ(::sqlite3_exec(other, "DROP TRIGGER broken", nullptr, nullptr, nullptr), SQLITE_OK)
      << ::sqlite3_errmsg(other);
  ::sqlite3_close(other);
  EXPECT_TRUE(becomes_true([&] { return store->get(id).has_value(); }));
  EXPECT_TRUE(flusher.stop(kPatience));
  EXPECT_EQ(store->counts().at(0).of(State::available), 1);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace kue
