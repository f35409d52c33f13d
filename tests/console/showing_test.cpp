// What is shown of a job: which attempt it is, since when and where it runs, its runs, and why it waits.

#include "fixture.hpp"

#include <unistd.h>

#include <array>

namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

class ShowingTest : public ConsoleTest {
 protected:
  Program worker(std::vector<std::string> const& options = {}) const {
    std::vector<std::string> words{CONSOLE_PROGRAM, "queue:worker"};
    words.insert(words.end(), options.begin(), options.end());
    return Program(words, {.directory = folder_.path()});
  }
  std::shared_ptr<kue::Store> open() const { return kue::open_store("sqlite:" + folder_.path("spark.db")); }
  std::string show(std::string const& id) const { return spark({"job:show", id}).out; }
  boost::json::value document(std::string const& id) const { return parse(spark({"job:show", id, "--json"}).out); }
  std::string newest_id() const { return open()->query({.limit = 1}).jobs.at(0).job.id.str(); }
  static std::string host() {
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
  }
};

TEST_F(ShowingTest, a_running_job_is_the_same_attempt_everywhere) {
  auto const id = push({"Third"});
  Program runs = worker();
  ASSERT_TRUE(runs.says("attempt=3 third run begins"));
  auto const shown = document(id);
  EXPECT_EQ(number_at(shown, "/job/attempt"), 3);
  EXPECT_EQ(number_at(parse(spark({"job:list", "--json"}).out), "/jobs/0/attempt"), 3);
  EXPECT_THAT(spark({"job:list"}).out, HasSubstr("\t3/25\t"));
  EXPECT_THAT(show(id), HasSubstr("attempts      3 of 25\n"));
  EXPECT_THAT(spark({"job:watch", id, "--wait-timeout", "1ms"}).out, HasSubstr("\trunning\t3/25"));
  EXPECT_EQ(number_at(parse(spark({"job:watch", id, "--wait-timeout", "1ms", "--json"}).out), "/job/attempt"), 3);
  folder_.write("release", "");
  EXPECT_EQ(spark({"job:watch", id}).code, 0);
  EXPECT_THAT(show(id), HasSubstr("attempts      3 of 25\n")) << "and it keeps its number at its end";
  EXPECT_EQ(runs.stop(), 0);
}

TEST_F(ShowingTest, a_running_job_says_where_and_since_when_this_run_goes) {
  auto const id = push({"Third"});
  Program runs = worker();
  ASSERT_TRUE(runs.says("third run begins"));
  auto const shown = document(id);
  EXPECT_GE(text_at(shown, "/job/attempted_at"), text_at(shown, "/job/errors/1/ended_at"))
      << "of this run, not of the one before";
  EXPECT_EQ(text_at(parse(spark({"job:list", "--json"}).out), "/jobs/0/attempted_at"),
            text_at(shown, "/job/attempted_at"));
  EXPECT_EQ(text_at(shown, "/worker/host"), host());
  EXPECT_EQ(number_at(shown, "/worker/pid"), runs.pid());
  EXPECT_TRUE(shown.at_pointer("/worker/alive").as_bool());
  std::string const where = host() + ", pid " + std::to_string(runs.pid()) + ", node " + text_at(shown, "/worker/node");
  EXPECT_THAT(show(id), HasSubstr("worker        " + where + "\n"));
  folder_.write("release", "");
  EXPECT_EQ(spark({"job:watch", id}).code, 0);
  EXPECT_TRUE(document(id).at("worker").is_null());
  EXPECT_THAT(show(id), Not(HasSubstr("\nworker ")));
  EXPECT_EQ(runs.stop(), 0);
}

TEST_F(ShowingTest, a_job_whose_worker_has_died_says_so) {
  auto const id = push({"Greet", "--args", R"({"name":"x"})"});
  {
    auto const store = open();
    store->beat({.node = 77, .name = "web-3", .pid = 4242});
    ASSERT_EQ(store->claim({.node = 77, .holder = 78}).jobs.size(), 1u);
    EXPECT_THAT(show(id), HasSubstr("worker        web-3, pid 4242, node 000000000000004d\n"));
    ASSERT_TRUE(store->rescue({.node = 77, .beat_seen = store->nodes().at(0).beat}).dead);
  }
  EXPECT_THAT(show(id), HasSubstr("node 000000000000004d, which has died: another worker gives it back\n"));
  EXPECT_FALSE(document(id).at_pointer("/worker/alive").as_bool());
}

TEST_F(ShowingTest, the_runs_begin_at_the_first_and_end_with_the_present_one) {
  auto const id = push({"Third"});
  {
    auto const store = open();  // handed out and given back before it began: no run
    store->beat({.node = 1, .name = "test"});
    auto const got = store->claim({.node = 1, .holder = 2});
    ASSERT_EQ(got.jobs.size(), 1u);
    kue::Finish const back{.claim = got.jobs[0].claim,
                           .transition = {.to = kue::State::available, .reason = kue::Reason::returned}};
    store->release({.items = std::span(&back, 1)});
    store->beat({.node = 1, .leaving = true});
  }
  EXPECT_THAT(show(id), Not(HasSubstr("\nruns\n")));
  Program runs = worker();
  ASSERT_TRUE(runs.says("third run begins"));
  EXPECT_THAT(show(id), AllOf(HasSubstr("\nruns\n  run 1 (attempt 1): error, "),
                              HasSubstr("\n  run 2 (attempt 2): error, "), HasSubstr("    retry: not yet\n"),
                              ContainsRegex("\n  run 3 \\(attempt 3\\): running for [0-9]+m?s\n$")));
  auto const shown = document(id);
  EXPECT_EQ(number_at(shown, "/job/errors/0/run"), 1);
  EXPECT_EQ(number_at(shown, "/job/errors/0/claim_no"), 2);
  folder_.write("release", "");
  EXPECT_EQ(spark({"job:watch", id}).code, 0);
  EXPECT_THAT(show(id), ContainsRegex("\n  run 3 \\(attempt 3\\): completed, .* UTC after [0-9]+m?s\n$"));
  EXPECT_EQ(runs.stop(), 0);
}

TEST_F(ShowingTest, a_job_that_completed_at_once_has_a_first_run) {
  auto const id = push({"Sum", "--args", R"({"a":1,"b":2})"});
  ASSERT_EQ(spark({"queue:worker", "--stop-when-empty"}).code, 0);
  EXPECT_THAT(show(id), ContainsRegex("\nruns\n  run 1 \\(attempt 1\\): completed, .* UTC after [0-9]+m?s\n$"));
}

TEST_F(ShowingTest, a_job_waits_for_a_worker_or_for_its_queue) {
  auto const id = push({"Greet", "--args", R"({"name":"x"})"});
  EXPECT_THAT(show(id), HasSubstr("waits for     a worker: none is running\n"));
  EXPECT_EQ(text_at(document(id), "/waits_for/0/reason"), "no_worker");
  ASSERT_EQ(spark({"queue:pause", "default"}).code, 0);
  Program runs = worker();
  ASSERT_TRUE(runs.says("worker started")) << runs.err();
  EXPECT_THAT(show(id), AllOf(HasSubstr("waits for     its queue, which is paused: queue:resume default\n"),
                              Not(HasSubstr("none is running"))));
  ASSERT_EQ(spark({"queue:resume", "default"}).code, 0);
  ASSERT_TRUE(runs.says("Hello x!"));
  EXPECT_EQ(runs.stop(), 0);
  auto const later = push({"Greet", "--args", R"({"name":"x"})", "--in", "1h"});
  EXPECT_THAT(show(later), Not(HasSubstr("waits for"))) << "for its time alone";
  EXPECT_TRUE(document(later).at("waits_for").as_array().empty());
}

TEST_F(ShowingTest, a_job_whose_class_no_worker_has_says_so) {
  push_many(1, "default", "Nobody");
  auto const id = newest_id();
  Program runs = worker();
  ASSERT_TRUE(runs.says("no job class Nobody"));
  Program watch({CONSOLE_PROGRAM, "job:watch", id}, {.directory = folder_.path()});
  ASSERT_TRUE(watch.says("\tscheduled\t"));
  EXPECT_THAT(show(id), ContainsRegex("waits for     a worker that has the class Nobody: none that took the job since "
                                      ".* UTC has it; it is offered again every 10s and discarded in (59m .*|1h)\n"));
  auto const shown = document(id);
  EXPECT_EQ(shown.at("waits_for").as_array().size(), 1u);
  EXPECT_EQ(text_at(shown, "/waits_for/0/reason"), "unknown_kind");
  EXPECT_EQ(runs.stop(), 0);
}

TEST_F(ShowingTest, a_job_whose_queue_no_worker_serves_says_so) {
  push_many(1, "left", "Greet",
            [](kue::Envelope& job) { job.run_at = kue::Clock::system().now() - std::chrono::minutes(2); });
  auto const id = newest_id();
  push({"Greet", "--args", R"({"name":"served"})"});
  Program runs = worker({"--queues", "default"});
  ASSERT_TRUE(runs.says("Hello served!"));
  EXPECT_THAT(show(id), HasSubstr("waits for     a worker that serves queue left: one is running"));
  EXPECT_EQ(text_at(document(id), "/waits_for/0/reason"), "not_served");
  EXPECT_EQ(runs.stop(), 0);
}

}  // namespace
