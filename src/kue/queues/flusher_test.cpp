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
    flusher.emplace(options, Logger(log));
  }

  Batch batch(std::vector<std::string> const& names) {
    Batch made(queue, Logger(log));
    for (std::string const& name : names) made.push(Greet(name));
    return made;
  }
  void flush(std::vector<std::string> const& names) { flusher->flush(batch(names)); }
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

TEST(Flusher, keeps_batches_of_different_queues_apart) {
  Bench bench;
  FickleQueue other;
  bench.queue.hold(true);
  bench.flush({"first"});
  ASSERT_TRUE(bench.queue.wait_calls(1));
  bench.flush({"here"});
  Batch there(other);
  there.push(Greet("there"));
  bench.flusher->flush(std::move(there));
  bench.queue.hold(false);
  ASSERT_TRUE(other.wait_taken(1));
  EXPECT_EQ(from_json<Greet>(other.taken()[0].args).name, "there");
  EXPECT_EQ(bench.taken_names(), (std::multiset<std::string>{"first", "here"}));
}

// Fault 30 of the original: a flush that failed after the response was sent was never heard of.
TEST(Faults, fault_30_a_flush_that_fails_after_the_response_is_logged_counted_and_tried_until_the_queue_is_back) {
  Bench bench;
  bench.queue.go_away();
  Batch batch = bench.batch({"secret"});
  JobId const id = batch.jobs()[0].id;
  bench.flusher->flush(std::move(batch));
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
    bench.flusher->flush(std::move(batch));
    FAIL() << "was taken";
  } catch (Error const& error) {
    EXPECT_EQ(error.kind(), ErrorKind::full);
    EXPECT_THAT(error.what(), HasSubstr("2 jobs of"));
  }
  EXPECT_EQ(batch.size(), 2U);
  bench.queue.come_back();
  ASSERT_TRUE(becomes_true([&] { return bench.flusher->counts().waiting == 0; }));
  bench.flusher->flush(std::move(batch));
  ASSERT_TRUE(bench.queue.wait_taken(4));
}

TEST(Flusher, is_bounded_in_bytes) {
  Bench bench({.max_bytes = 10'000, .retry_min = 1ms});
  EXPECT_THROW(bench.flush({std::string(10'000, 'x')}), Error);
  bench.flush({std::string(5'000, 'x')});
  ASSERT_TRUE(bench.queue.wait_taken(1));
}

TEST(Flusher, holds_a_batch_until_its_ticket_is_gone_and_keeps_its_room) {
  Bench bench({.max_jobs = 1});
  {
    Flusher::Ticket const ticket = bench.flusher->hold(bench.batch({"held"}));
    EXPECT_EQ(bench.flusher->counts().waiting, 1U);
    EXPECT_THROW(bench.flush({"another"}), Error);
    EXPECT_EQ(bench.queue.calls(), 0);
  }
  EXPECT_TRUE(bench.queue.wait_taken(1));
}

TEST(Flusher, sends_the_ticket_that_is_assigned_over) {
  Bench bench;
  Flusher::Ticket ticket = bench.flusher->hold(bench.batch({"first"}));
  ticket = bench.flusher->hold(bench.batch({"second"}));
  ASSERT_TRUE(bench.queue.wait_taken(1));
  EXPECT_EQ(bench.taken_names(), (std::multiset<std::string>{"first"}));
  ticket = Flusher::Ticket();
  ASSERT_TRUE(bench.queue.wait_taken(2));
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
  Flusher flusher;
  flusher.flush(Batch(buffered));
  ASSERT_TRUE(behind.wait_taken(1));
  EXPECT_TRUE(flusher.stop(kPatience));
}

// ---- one try, for who waits for the answer

std::future<void> ask(Flusher& flusher, Batch batch) {
  auto promise = std::make_shared<std::promise<void>>();
  flusher.flush(std::move(batch),
                [promise](std::exception_ptr error) { error ? promise->set_exception(error) : promise->set_value(); });
  return promise->get_future();
}

TEST(Flusher, tells_the_one_who_asked) {
  Bench bench;
  auto first = ask(*bench.flusher, bench.batch({"taken"}));
  ASSERT_EQ(first.wait_for(kPatience), std::future_status::ready);
  EXPECT_NO_THROW(first.get());
  bench.queue.go_away();
  auto second = ask(*bench.flusher, bench.batch({"refused"}));
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
  auto asked = ask(*bench.flusher, bench.batch({"asked"}));
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
  bench.flusher->flush(std::move(batch));
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
  Flusher::Ticket ticket = bench.flusher->hold(bench.batch({"a response that is still being written"}));
  EXPECT_TRUE(bench.flusher->stop(1s));
  ticket = Flusher::Ticket();
  EXPECT_EQ(bench.queue.taken().size(), 1U);
  EXPECT_EQ(bench.queue.caller(), std::this_thread::get_id());
  bench.queue.go_away();
  bench.flush({"too late"});
  EXPECT_EQ(bench.flusher->counts().lost, 1U);
  EXPECT_THAT(bench.log->lines(), Contains(HasSubstr("1 jobs are lost")));
}

TEST(Flusher, survives_its_ticket_the_other_way_round_too) {
  Bench bench;
  Flusher::Ticket ticket = bench.flusher->hold(bench.batch({"a"}));
  bench.flusher.reset();
  ticket = Flusher::Ticket();
  EXPECT_EQ(bench.queue.taken().size(), 1U);
}

TEST(Flusher, that_was_never_used_has_no_thread_and_ends_at_once) {
  Bench bench;
  auto const threads = [] { return std::distance(std::filesystem::directory_iterator("/proc/self/task"), {}); };
  auto const before = threads();
  Flusher const idle;
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
  Bench bench;

  // What another program may do to the file: from now on each new job is refused by a trigger.
  sqlite3* other = nullptr;
  ASSERT_EQ(::sqlite3_open(file.c_str(), &other), SQLITE_OK);
  ASSERT_EQ(::sqlite3_exec(other,
                           "PRAGMA busy_timeout=20000; CREATE TRIGGER broken BEFORE INSERT ON kue_jobs BEGIN SELECT "
                           "RAISE(ABORT, 'the disk is on fire'); END",
                           nullptr, nullptr, nullptr),
            SQLITE_OK)
      << ::sqlite3_errmsg(other);
  Batch batch(queue);
  JobId const id = batch.push(Greet("John"));
  bench.flusher->flush(std::move(batch));
  ASSERT_TRUE(becomes_true([&] { return bench.flusher->counts().failed_flushes >= 2; }));
  EXPECT_FALSE(store->get(id));
  EXPECT_THAT(bench.log->lines(), Contains(AllOf(HasSubstr("the disk is on fire"), HasSubstr(id.str()))));
  ASSERT_EQ(::sqlite3_exec(other, "DROP TRIGGER broken", nullptr, nullptr, nullptr), SQLITE_OK)
      << ::sqlite3_errmsg(other);
  ::sqlite3_close(other);
  EXPECT_TRUE(becomes_true([&] { return store->get(id).has_value(); }));
  EXPECT_TRUE(bench.flusher->stop(kPatience));
  EXPECT_EQ(store->counts().at(0).of(State::available), 1);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace kue
