// job:retry, job:cancel and job:delete by ids and by filters, and the filters of job:list.

#include "fixture.hpp"
#include "terminal.hpp"

namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr auto kNobody = "0193c2a0-1b2c-7def-8a90-b1c2d3e4f506";

class JobVerbsTest : public ConsoleTest {
 protected:
  // Two that failed, one that is done, and two that wait.
  JobVerbsTest() {
    refused_ = push({"Fail", "--args", R"({"message":"connection refused"})", "--tag", "eu"});
    gone_ = push({"Fail", "--args", R"({"message":"gone away"})"});
    done_ = push({"Greet", "--args", R"({"name":"x"})"});
    Ran const worked = spark({"queue:worker", "--stop-when-empty"});
    EXPECT_EQ(worked.code, 0) << worked.err;
    waiting_ = push({"Greet", "--args", R"({"name":"x"})", "--tag", "eu"});
    later_ = push({"Greet", "--args", R"({"name":"x"})", "--in", "1h"});
  }
  std::string refused_, gone_, done_, waiting_, later_;
};

TEST_F(JobVerbsTest, delete_by_id_takes_all_but_what_runs) {
  Ran const ran = spark({"job:delete", waiting_, done_, kNobody});
  EXPECT_EQ(ran.code, 3);
  EXPECT_EQ(ran.out, waiting_ + " is deleted\n" + done_ + " is deleted\n" + kNobody + " does not exist\n");
  EXPECT_EQ(spark({"job:show", waiting_}).code, 3);
  auto const json = parse(spark({"job:delete", refused_, "--json"}).out);
  EXPECT_EQ(text_at(json, "/jobs/0/status"), "removed");
  EXPECT_THAT(spark({"store:check"}).out, HasSubstr("no problems"));
}

TEST_F(JobVerbsTest, a_dry_run_says_what_would_be_done) {
  Ran const ids = spark({"job:delete", waiting_, kNobody, "--dry-run"});
  EXPECT_EQ(ids.code, 3);
  EXPECT_THAT(ids.out, HasSubstr(waiting_ + " is available: would be deleted\n"));
  EXPECT_THAT(spark({"job:retry", done_, "--dry-run"}).out, HasSubstr("is completed: would not be retried"));
  EXPECT_EQ(spark({"job:delete", "--queue", "default", "--dry-run"}).out,
            "would delete 3 jobs: 1 completed, 2 discarded\n")
      << "what has ended, if no state is named";
  auto const json = parse(spark({"job:retry", "--kind", "Fail", "--dry-run", "--json"}).out);
  EXPECT_TRUE(json.at("dry_run").as_bool());
  EXPECT_EQ(number_at(json, "/chosen"), 2);
  EXPECT_EQ(number_at(json, "/states/discarded"), 2);
  EXPECT_EQ(state_of(refused_), "discarded");
}

TEST_F(JobVerbsTest, retry_by_the_text_of_the_error) {
  Ran const ran = spark({"job:retry", "--error", "refused", "--yes"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(ran.out, "retried 1 job\n");
  EXPECT_EQ(state_of(refused_), "available");
  EXPECT_EQ(state_of(gone_), "discarded");
}

TEST_F(JobVerbsTest, cancel_by_tag_and_state) {
  auto const json = parse(spark({"job:cancel", "--tag", "eu", "--yes", "--json"}).out);
  EXPECT_EQ(number_at(json, "/statuses/cancelled"), 1);
  EXPECT_EQ(state_of(waiting_), "cancelled");
  EXPECT_EQ(state_of(refused_), "discarded");
  EXPECT_EQ(spark({"job:cancel", "--state", "scheduled", "--yes"}).out, "cancelled 1 job\n");
  EXPECT_EQ(state_of(later_), "cancelled");
  EXPECT_EQ(spark({"job:retry", "--state", "cancelled", "--yes"}).out, "retried 2 jobs\n");
}

TEST_F(JobVerbsTest, a_running_job_is_asked_to_stop_and_ends_as_cancelled) {
  spark({"job:cancel", "--queue", "default", "--yes"});
  auto const id = push({"Steps"});
  Program worker({CONSOLE_PROGRAM, "queue:worker"}, {.directory = folder_.path()});
  Program watch({CONSOLE_PROGRAM, "job:watch", id}, {.directory = folder_.path()});
  ASSERT_TRUE(watch.says("running"));
  EXPECT_THAT(spark({"job:delete", id}).out, HasSubstr("is running: job:cancel asks it to stop"));
  Ran const asked = spark({"job:cancel", id});
  EXPECT_EQ(asked.code, 0);
  EXPECT_EQ(asked.out, id + " is running: its worker asks it to stop\n");
  EXPECT_EQ(watch.wait(), 1) << "it did not complete";
  EXPECT_THAT(watch.err(), HasSubstr("Steps is cancelled"));
  EXPECT_EQ(state_of(id), "cancelled");
  EXPECT_EQ(worker.stop(), 0);
}

TEST_F(JobVerbsTest, a_choice_must_be_one) {
  Ran const nothing = spark({"job:delete"});
  EXPECT_EQ(nothing.code, 2);
  EXPECT_THAT(nothing.err, HasSubstr("which jobs?"));
  EXPECT_THAT(spark({"job:delete", done_, "--queue", "default"}).err, HasSubstr("not both"));
  Ran const wrong = spark({"job:retry", "--state", "available", "--yes"});
  EXPECT_EQ(wrong.code, 2);
  EXPECT_THAT(wrong.err, HasSubstr("available jobs cannot be retried; it works on these states: discarded, cancelled"));
  EXPECT_THAT(spark({"job:delete", "--state", "finished"}).err, HasSubstr("--state: no state 'finished'"));
  Ran const queue = spark({"job:delete", "--queue", "defualt", "--yes"});
  EXPECT_EQ(queue.code, 3);
  EXPECT_THAT(queue.err, HasSubstr("there is no queue 'defualt' here, did you mean default?"));
  EXPECT_EQ(spark({"job:delete", "--before", "yesterday"}).code, 2);
  EXPECT_EQ(spark({"job:delete", "--state", "discarded"}).code, 5) << "nobody to ask";
  EXPECT_EQ(state_of(gone_), "discarded");
}

TEST_F(JobVerbsTest, asks_on_a_terminal) {
  auto const ask = [&](std::string const& answer) {
    Terminal terminal({CONSOLE_PROGRAM, "job:delete", "--state", "discarded"}, {.directory = folder_.path()});
    EXPECT_TRUE(terminal.shows("delete 2 jobs (discarded jobs)? [y/N] ")) << terminal.screen();
    terminal.type(answer);
    return terminal.wait();
  };
  EXPECT_EQ(ask("n\n"), 5);
  EXPECT_EQ(ask("\n"), 5);
  EXPECT_EQ(state_of(gone_), "discarded");
  EXPECT_EQ(ask("y\n"), 0);
  EXPECT_EQ(spark({"job:show", gone_}).code, 3);
}

TEST_F(JobVerbsTest, list_filters_by_error_and_time_and_gives_all) {
  auto const ids = [&](std::vector<std::string> words) {
    words.insert(words.begin(), "job:list");
    words.emplace_back("--json");
    std::vector<std::string> found;
    Ran const ran = spark(words);
    EXPECT_EQ(ran.code, 0) << ran.out;
    auto const document = parse(ran.out);  // a temporary would be gone in the loop
    for (auto const& job : document.at("jobs").as_array()) found.emplace_back(job.at("id").as_string());
    return found;
  };
  EXPECT_EQ(ids({"--error", "gone"}), std::vector{gone_});
  EXPECT_EQ(ids({"--after", "1h"}).size(), 5u);
  EXPECT_TRUE(ids({"--before", "1h"}).empty());
  EXPECT_TRUE(ids({"--after", "2099-01-01"}).empty());
  EXPECT_EQ(ids({"--before", "2099-01-01T00:00:00+01:00"}).size(), 5u);
  EXPECT_EQ(ids({"--oldest-first", "--limit", "1"}), std::vector{refused_});
  push_many(250, "bulk");
  EXPECT_EQ(ids({"--all"}).size(), 255u);
  EXPECT_EQ(ids({"--all", "--queue", "bulk"}).size(), 250u);
  EXPECT_EQ(spark({"job:list", "--all", "--limit", "3"}).code, 2);
  std::string const lines = spark({"job:list", "--all", "--jsonl"}).out;
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 255);
}

TEST_F(JobVerbsTest, an_empty_list_tells_a_slip_of_the_pen) {
  Ran const queue = spark({"job:list", "--queue", "defualt"});
  EXPECT_EQ(queue.code, 0);
  EXPECT_EQ(queue.out, "");
  EXPECT_THAT(queue.err, HasSubstr("did you mean default?"));
  EXPECT_THAT(spark({"job:list", "--kind", "Gret"}).err, HasSubstr("no job class 'Gret', did you mean Greet?"));
  EXPECT_EQ(spark({"job:list", "--tag", "none"}).err, "");
}

TEST_F(JobVerbsTest, thousands_are_deleted_in_batches_and_new_ones_left_alone) {
  push_many(1500, "bulk", "Greet", [](kue::Envelope& job) { job.tags = {"old"}; });
  Ran const ran = spark({"job:delete", "--queue", "bulk", "--tag", "old", "--state", "available", "--yes"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(ran.out, "deleted 1,500 jobs\n");
  EXPECT_EQ(count("bulk", kue::State::available), 0);
  EXPECT_EQ(state_of(waiting_), "available");
}

}  // namespace
