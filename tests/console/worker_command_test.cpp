// queue:worker: what it checks before it starts, and that it works.

#include "fixture.hpp"

#include <csignal>

namespace {

using testing::HasSubstr;

TEST_F(ConsoleTest, worker_runs_what_was_pushed_and_ends_when_empty) {
  push({"Greet", "--args", R"({"name":"John Doe"})"});
  Ran const ran = spark({"queue:worker", "-c", "2", "--stop-when-empty"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("worker started: 2 children, queues: all, store sqlite:" + folder_.path("spark.db")));
  EXPECT_THAT(ran.err, HasSubstr("Hello John Doe!"));
  EXPECT_EQ(ran.out, "");
  EXPECT_EQ(number_at(parse(spark({"queue:stats", "--json"}).out), "/queues/0/completed"), 1);
}

TEST_F(ConsoleTest, worker_without_children_runs_jobs_itself) {
  push({"Greet", "--args", R"({"name":"John Doe"})"});
  Ran const ran = spark({"queue:worker", "-c", "0", "--stop-when-empty"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("Hello John Doe!"));
  EXPECT_THAT(ran.err, HasSubstr("jobs of sqlite:" + folder_.path("spark.db")));
  EXPECT_THAT(ran.err, HasSubstr("console_program queue:worker, 9 job classes, no spark.toml"));
}

TEST_F(ConsoleTest, worker_keeps_to_its_queues_and_stops_at_TERM) {
  push({"Greet", "--args", R"({"name":"Default"})"});
  push({"Greet", "--args", R"({"name":"Mail"})", "--queue", "mail"});
  Program worker({CONSOLE_PROGRAM, "queue:worker", "--queues", "mail", "--pid-file", "worker.pid", "--json"},
                 {.directory = folder_.path()});
  ASSERT_TRUE(worker.says("Hello Mail!")) << worker.err();
  EXPECT_EQ(run({"/bin/cat", "worker.pid"}, {.directory = folder_.path()}).out, std::to_string(worker.pid()) + "\n");
  EXPECT_EQ(worker.stop(SIGTERM), 0) << worker.err();
  auto const start = parse(worker.out());
  EXPECT_EQ(number_at(start, "/pid"), worker.pid());
  EXPECT_EQ(text_at(start, "/queues/0"), "mail");
  EXPECT_EQ(text_at(start, "/store"), "sqlite:" + folder_.path("spark.db"));
  EXPECT_EQ(text_at(parse(spark({"job:list", "--queue", "default", "--json"}).out), "/jobs/0/state"), "available");
  EXPECT_FALSE(std::filesystem::exists(folder_.path("worker.pid")));
}

TEST_F(ConsoleTest, a_running_job_is_asked_to_stop_and_that_is_said) {
  auto const id = push({"Hold"});
  Program worker({CONSOLE_PROGRAM, "queue:worker"}, {.directory = folder_.path()});
  ASSERT_TRUE(worker.says("holding")) << worker.err();
  Ran const cancelled = spark({"job:cancel", id});
  EXPECT_EQ(cancelled.code, 0);
  EXPECT_EQ(cancelled.out, id + " is running: its worker asks it to stop\n");
  EXPECT_THAT(spark({"job:list", "--state", "running"}).out, HasSubstr(id));
  folder_.write("release", "");
  ASSERT_TRUE(worker.says("completed in")) << worker.err();
  EXPECT_EQ(worker.stop(SIGTERM), 0) << worker.err();
  EXPECT_EQ(text_at(parse(spark({"job:show", id, "--json"}).out), "/job/state"), "completed");
}

TEST_F(ConsoleTest, worker_says_which_service_a_job_misses) {
  Ran const ran = with_mode("no-mailer", {"queue:worker"});
  EXPECT_EQ(ran.code, 2);
  EXPECT_THAT(ran.err, HasSubstr("the job 'Notify' needs the service 'Mailer'"));
  Ran const two = with_mode("two-mailers", {"queue:worker"});
  EXPECT_EQ(two.code, 2);
  EXPECT_THAT(two.err,
              testing::ContainsRegex("'mailer' \\(defined at console_program.cpp:[0-9]+\\) and 'other_mailer' "
                                     "\\(defined at console_program.cpp:[0-9]+\\) are services of the same type"));
}

TEST_F(ConsoleTest, worker_does_not_fork_with_an_open_store) {
  Ran const ran = with_mode("early-store", {"queue:worker", "--stop-when-empty"});
  EXPECT_EQ(ran.code, 5);
  EXPECT_THAT(ran.err, HasSubstr("cannot fork while the SQLite file " + folder_.path("spark.db")));
  EXPECT_THAT(ran.err, HasSubstr("the service 'store' (built in)"));
  EXPECT_THAT(ran.err, HasSubstr("'queue' (built in)"));
  EXPECT_EQ(with_mode("early-store", {"queue:worker", "-c", "0", "--stop-when-empty"}).code, 0);
}

TEST_F(ConsoleTest, worker_says_at_once_that_its_queue_cannot_be_opened) {
  std::filesystem::create_directory(folder_.path("spark.db"));
  Ran const directory = spark({"queue:worker"});
  EXPECT_NE(directory.code, 0);
  EXPECT_THAT(directory.err, HasSubstr(folder_.path("spark.db")));
  Ran const bad = with_mode("bad-queue", {"queue:worker"});
  EXPECT_EQ(bad.code, 4);
  EXPECT_EQ(bad.err, "error: no road to the queue\n");
  Ran const memory = spark({"queue:worker", "--store", "memory:"});
  EXPECT_EQ(memory.code, 5);
  EXPECT_THAT(memory.err, HasSubstr("lives in one process"));
}

TEST_F(ConsoleTest, worker_refuses_wrong_numbers_and_names) {
  EXPECT_THAT(spark({"queue:worker", "-c", "257"}).err,
              HasSubstr("--concurrency must be a whole number from 0 to 256, not '257'"));
  EXPECT_THAT(spark({"queue:worker", "-c", "-1"}).err,
              HasSubstr("--concurrency must be a whole number from 0 to 256, not '-1'"));
  EXPECT_THAT(spark({"queue:worker", "--queues", "a,,b"}).err, HasSubstr("--queues: '' is not the name of a queue"));
}

// As from an unset variable in a unit file: it must not serve what it was never meant for.
TEST_F(ConsoleTest, worker_refuses_an_empty_list_of_queues) {
  auto const id = push({"Greet", "--args", R"({"name":"x"})", "--queue", "billing"});
  for (auto const& words : std::vector<std::vector<std::string>>{{"--queues", ""}, {"--queues="}, {"--queues", ","}}) {
    std::vector<std::string> all{"queue:worker", "--stop-when-empty"};
    all.insert(all.end(), words.begin(), words.end());
    Ran const ran = spark(all);
    EXPECT_EQ(ran.code, 2) << ran.err;
    EXPECT_THAT(ran.err, HasSubstr("\nhint: console_program queue:worker --help"));
  }
  EXPECT_EQ(state_of(id), "available");
}

TEST_F(ConsoleTest, worker_says_that_a_queue_is_at_most_once) {
  Program worker({CONSOLE_PROGRAM, "queue:worker"},
                 {.directory = folder_.path(), .environment = {{"CONSOLE_TEST", "own-queue"}}});
  EXPECT_TRUE(worker.says("at-most-once")) << worker.err();
  EXPECT_EQ(worker.stop(SIGTERM), 0) << worker.err();
}

}  // namespace
