// The commands about jobs, on a real store.

#include "fixture.hpp"

namespace {

using testing::HasSubstr;
using testing::Not;

constexpr auto kNobody = "0193c2a0-1b2c-7def-8a90-b1c2d3e4f506";

TEST_F(ConsoleTest, pushes_a_job_that_its_class_accepts) {
  Ran const ran = spark({"job:push", "Greet", "--args", R"({"name":"John Doe"})"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, testing::MatchesRegex("pushed Greet as [0-9a-f-]+ to queue default of sqlite:.*spark\\.db\n"));

  auto const id = push({"SendInvoice", "--args", R"({"order":7,"cents":9007199254740993})", "--in", "5m", "--priority",
                        "-3", "--max-attempts", "4", "--timeout", "90s", "--tag", "monthly", "--tag", "eu"});
  auto const job = parse(spark({"job:show", id, "--json"}).out);
  EXPECT_EQ(text_at(job, "/job/kind"), "SendInvoice");
  EXPECT_EQ(text_at(job, "/job/queue"), "billing");
  EXPECT_EQ(text_at(job, "/job/state"), "scheduled");
  EXPECT_EQ(number_at(job, "/job/args/cents"), 9007199254740993) << "64-bit numbers stay exact";
  EXPECT_EQ(number_at(job, "/job/priority"), -3);
  EXPECT_EQ(number_at(job, "/job/max_attempts"), 4);
  EXPECT_EQ(number_at(job, "/job/timeout_ms"), 90'000);
  EXPECT_EQ(text_at(job, "/job/tags/1"), "eu");
}

TEST_F(ConsoleTest, refuses_to_push_what_the_class_does_not_take) {
  Ran const unknown = spark({"job:push", "SendInvoce"});
  EXPECT_EQ(unknown.code, 3);
  EXPECT_THAT(unknown.err, HasSubstr("no job class 'SendInvoce' in this program, did you mean SendInvoice?"));
  EXPECT_THAT(unknown.err,
              HasSubstr("registered are: Fail, Greet, Hold, Notify, Print, SendInvoice, Steps, Sum, Third"));
  Ran const wrong = spark({"job:push", "SendInvoice", "--args", R"({"order":"seven","cent":1})"});
  EXPECT_EQ(wrong.code, 2);
  for (auto const* part : {"order", "cent"}) EXPECT_THAT(wrong.err, HasSubstr(part));
  EXPECT_EQ(spark({"job:push", "Greet", "--args", "[1,2]"}).code, 2);
  EXPECT_EQ(spark({"job:push", "Greet", "--args", "{"}).code, 2);
  EXPECT_EQ(spark({"job:push", "Greet", "--args", R"({"name":"x"})", "--priority", "99999"}).code, 2);
  EXPECT_EQ(spark({"job:push", "Greet", "--args", R"({"name":"x"})", "--queue", "no blanks"}).code, 2);
  EXPECT_FALSE(std::filesystem::exists(folder_.path("spark.db"))) << "nothing was pushed";
}

TEST_F(ConsoleTest, counts_and_lists_with_filters_and_pages) {
  for (int i = 0; i < 5; ++i) push({"Greet", "--args", R"({"name":"x"})", "--tag", i % 2 ? "odd" : "even"});
  push({"SendInvoice", "--args", R"({"order":1,"cents":2})", "--in", "1h"});
  auto const stats = parse(spark({"queue:stats", "--json"}).out);
  EXPECT_EQ(text_at(stats, "/queues/0/queue"), "billing");
  EXPECT_EQ(number_at(stats, "/queues/0/scheduled"), 1);
  EXPECT_EQ(number_at(stats, "/queues/1/available"), 5);
  EXPECT_THAT(spark({"queue:stats"}).out, HasSubstr("default\t5\t"));

  auto const count = [&](std::vector<std::string> words) {
    words.insert(words.begin(), "job:list");
    words.emplace_back("--json");
    return parse(spark(words).out).at("jobs").as_array().size();
  };
  EXPECT_EQ(count({}), 6u);
  EXPECT_EQ(count({"--state", "available"}), 5u);
  EXPECT_EQ(count({"--state", "scheduled,available"}), 6u);
  EXPECT_EQ(count({"--queue", "billing"}), 1u);
  EXPECT_EQ(count({"--kind", "Greet", "--tag", "odd"}), 2u);
  auto const first = parse(spark({"job:list", "--limit", "4", "--json"}).out);
  auto const second = parse(spark({"job:list", "--limit", "4", "--json", "--cursor", text_at(first, "/cursor")}).out);
  EXPECT_EQ(first.at("jobs").as_array().size(), 4u);
  EXPECT_EQ(second.at("jobs").as_array().size(), 2u);
  EXPECT_TRUE(second.at("cursor").is_null());
  EXPECT_THAT(spark({"job:list", "--limit", "4"}).err, HasSubstr("there are more: add --cursor "));
  EXPECT_THAT(spark({"job:list", "--state", "finished"}).err, HasSubstr("--state: no state 'finished'"));
  EXPECT_EQ(spark({"job:list", "--state", "finished"}).code, 2);
}

TEST_F(ConsoleTest, shows_every_attempts_error_and_no_byte_that_moves_the_cursor) {
  auto const id = push({"Fail", "--args", R"({"message":"bad\u001b[2Jthing\nsecond\u202eline"})"});
  Ran const worked = spark({"queue:worker", "--stop-when-empty"});
  ASSERT_EQ(worked.code, 0) << worked.err;
  for (auto const& words : std::vector<std::vector<std::string>>{
           {"job:show", id}, {"job:list"}, {"job:show", id, "--json"}, {"job:list", "--json"}}) {
    Ran const ran = spark(words);
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_THAT(ran.out, Not(HasSubstr("\x1b"))) << words[0];
    EXPECT_THAT(ran.out, Not(HasSubstr("\u202e"))) << words[0];
  }
  EXPECT_THAT(spark({"job:show", id}).out, HasSubstr("bad\\x1b[2Jthing"));
  auto const job = parse(spark({"job:show", id, "--json"}).out);
  EXPECT_EQ(text_at(job, "/job/state"), "discarded");
  EXPECT_EQ(text_at(job, "/job/args/message"), "bad\x1b[2Jthing\nsecond\u202eline") << "in JSON it means what it was";
  EXPECT_EQ(job.at_pointer("/job/errors").as_array().size(), 1u);
  EXPECT_THAT(text_at(job, "/job/errors/0/type"), HasSubstr("runtime_error"));
  EXPECT_GT(number_at(job, "/job/errors/0/pid"), 0);
}

TEST_F(ConsoleTest, shows_the_whole_failure_and_not_its_head_alone) {
  auto const id = push({"Greet", "--args", R"({"name":"x"})"});
  std::string const message = std::string(2 * kue::limits::kMaxHeadTextBytes, 'm') + " the end";
  {
    auto const store = kue::open_store("sqlite:" + folder_.path("spark.db"));
    store->beat({.node = 1, .name = "test"});
    auto const got = store->claim({.node = 1, .holder = 2});
    ASSERT_EQ(got.jobs.size(), 1u);
    kue::Attempt const attempt{
        .claim_no = 1,
        .attempt = 1,
        .failure = {.type = "Broken", .message = message.substr(0, kue::limits::kMaxHeadTextBytes)},
        .record = R"({"v":1,"message":")" + message +
                  R"(","backtrace":"#0 paint()\n#1 main"})"};  // docs/internals/formats.md
    kue::Finish const finish{
        .claim = got.jobs[0].claim,
        .transition = {.to = kue::State::discarded, .reason = kue::Reason::gave_up, .tally = {.attempt = 1}},
        .attempt = attempt};
    store->finish({.items = std::span(&finish, 1)});
    store->beat({.node = 1, .leaving = true});
  }
  EXPECT_THAT(spark({"job:show", id}).out, HasSubstr("    Broken: " + message + "\n      #0 paint()\n      #1 main\n"));
  auto const job = parse(spark({"job:show", id, "--json"}).out);
  EXPECT_EQ(text_at(job, "/job/errors/0/type"), "Broken");
  EXPECT_EQ(text_at(job, "/job/errors/0/message"), message);
  EXPECT_EQ(text_at(job, "/job/errors/0/backtrace"), "#0 paint()\n#1 main");
}

TEST_F(ConsoleTest, retries_and_cancels) {
  auto const failed = push({"Fail", "--args", R"({"message":"no"})"});
  ASSERT_EQ(spark({"queue:worker", "--stop-when-empty"}).code, 0);
  EXPECT_EQ(spark({"job:retry", failed}).out, failed + " is available again\n");
  EXPECT_EQ(text_at(parse(spark({"job:show", failed, "--json"}).out), "/job/state"), "available");
  EXPECT_EQ(spark({"job:retry", failed}).code, 5);

  Ran const cancelled = spark({"job:cancel", failed, kNobody});
  EXPECT_EQ(cancelled.code, 3);
  EXPECT_EQ(cancelled.out, failed + " is cancelled\n" + kNobody + " does not exist\n");
  Ran const again = spark({"job:cancel", failed, "--json"});
  EXPECT_EQ(again.code, 5);
  EXPECT_EQ(text_at(parse(again.out), "/jobs/0/status"), "final");
  EXPECT_EQ(spark({"job:retry", failed}).code, 0) << "a cancelled job may be retried";

  EXPECT_EQ(spark({"job:show", kNobody}).code, 3);
  EXPECT_EQ(spark({"job:show", "abc"}).code, 2);
  EXPECT_THAT(spark({"job:retry", "abc", "def"}).err, HasSubstr("not a job id: 'abc', 'def'"));
}

TEST_F(ConsoleTest, checks_the_store) {
  push({"Greet", "--args", R"({"name":"x"})"});
  Ran const text = spark({"store:check"});
  EXPECT_EQ(text.code, 0) << text.out << text.err;
  EXPECT_THAT(text.out, HasSubstr("no problems"));
  auto const json = parse(spark({"store:check", "--json"}).out);
  EXPECT_TRUE(json.at("ok").as_bool());
  EXPECT_EQ(text_at(json, "/store"), "sqlite:" + folder_.path("spark.db"));
  folder_.write("broken.db", std::string(8192, 'x'));
  Ran const broken = spark({"store:check", "--store", "sqlite:broken.db"});
  EXPECT_NE(broken.code, 0);
  EXPECT_THAT(broken.err + broken.out, HasSubstr("broken.db"));
}

TEST_F(ConsoleTest, an_own_queue_is_told_from_a_store) {
  Ran const list = with_mode("own-queue", {"job:list"});
  EXPECT_EQ(list.code, 5);
  EXPECT_THAT(list.err, HasSubstr("keeps its jobs in a queue of its own (set at console_program.cpp:"));
  EXPECT_EQ(with_mode("own-queue", {"job:push", "Greet", "--args", R"({"name":"x"})"}).code, 0);
  Ran const delayed = with_mode("own-queue", {"job:push", "Greet", "--args", R"({"name":"x"})", "--in", "5m"});
  EXPECT_EQ(delayed.code, 5);
  EXPECT_THAT(delayed.err, HasSubstr("this queue does not honour delay"));
  EXPECT_THAT(with_mode("own-queue", {"queue:worker", "--store", "sqlite:x.db"}).err,
              HasSubstr("--store has no effect here"));
  EXPECT_FALSE(std::filesystem::exists(folder_.path("spark.db")));
}

}  // namespace
