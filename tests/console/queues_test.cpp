// The commands about queues, on a real store and with real workers.

#include "fixture.hpp"

#include <thread>

namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class QueuesTest : public ConsoleTest {
 protected:
  QueuesTest() { push_many(3, "mail"); }
};

TEST_F(QueuesTest, are_listed_with_what_waits_and_since_when) {
  push({"SendInvoice", "--args", R"({"order":1,"cents":2})", "--at", "2026-12-01T10:00:00Z", "--queue", "later"});
  ASSERT_EQ(spark({"queue:pause", "mail"}).code, 0);
  auto const list = parse(spark({"queue:list", "--json"}).out);
  EXPECT_EQ(text_at(list, "/queues/0/queue"), "later");
  EXPECT_FALSE(list.at_pointer("/queues/0/paused").as_bool());
  EXPECT_TRUE(list.at_pointer("/queues/0/waiting_since").is_null());
  EXPECT_EQ(text_at(list, "/queues/0/next_due"), "2026-12-01T10:00:00.000Z");
  EXPECT_EQ(text_at(list, "/queues/1/queue"), "mail");
  EXPECT_TRUE(list.at_pointer("/queues/1/paused").as_bool());
  EXPECT_EQ(number_at(list, "/queues/1/available"), 3);
  EXPECT_THAT(text_at(list, "/queues/1/waiting_since"), StartsWith("20"));
  EXPECT_EQ(text_at(list, "/store"), "sqlite:" + folder_.path("spark.db"));
  EXPECT_THAT(spark({"queue:list"}).out, HasSubstr("mail\tpaused\t3\t0\t20"));
}

TEST_F(QueuesTest, one_is_shown_with_its_kinds_and_who_runs_it) {
  push_many(2, "mail", "Hold", [](kue::Envelope& job) { job.args = "{}"; });
  Program worker({CONSOLE_PROGRAM, "queue:worker", "--queues", "mail", "-c", "1"}, {.directory = folder_.path()});
  ASSERT_TRUE(worker.says("holding"));
  // The child may have taken the second job with the first; it is given back once it has waited for long.
  auto shown = parse(spark({"queue:show", "mail", "--json"}).out);
  for (int turn = 0; turn < 200 && number_at(shown, "/running") != 1; ++turn)
    shown = parse(spark({"queue:show", "mail", "--json"}).out);
  EXPECT_EQ(number_at(shown, "/running"), 1);
  EXPECT_EQ(number_at(shown, "/completed"), 3);
  EXPECT_EQ(number_at(shown, "/workers_alive"), 1);
  EXPECT_EQ(number_at(shown, "/running_on/0/pid"), worker.pid());
  EXPECT_EQ(number_at(shown, "/running_on/0/running"), 1);
  EXPECT_EQ(number_at(shown, "/kinds/Hold"), 2);
  EXPECT_EQ(number_at(shown, "/kinds_of"), 2);
  Ran const text = spark({"queue:show", "mail"});
  EXPECT_THAT(text.out, HasSubstr("oldest waits"));
  EXPECT_THAT(text.out, HasSubstr("pid " + std::to_string(worker.pid()) + ": 1 job"));
  folder_.write("release", "");
  EXPECT_EQ(worker.stop(), 0);
}

TEST_F(QueuesTest, an_unknown_one_is_told_with_the_nearest) {
  for (char const* command : {"queue:show", "queue:pause", "queue:resume", "queue:purge"}) {
    Ran const ran = spark({command, "mial"});
    EXPECT_EQ(ran.code, 3) << command;
    EXPECT_THAT(ran.err, HasSubstr("no job was ever pushed to a queue 'mial' here, did you mean mail?")) << command;
    EXPECT_EQ(spark({command, "no blanks"}).code, 2) << command;
  }
  EXPECT_THAT(spark({"queue:pause", "mial"}).err, HasSubstr("hint: --force pauses it before its first job"));
  Ran const json = spark({"queue:show", "mial", "--json"});
  EXPECT_EQ(number_at(parse(json.out), "/error/exit_code"), 3);
}

TEST_F(QueuesTest, a_paused_one_is_left_alone_until_it_is_resumed) {
  EXPECT_EQ(spark({"queue:pause", "mail"}).out, "mail is paused: running jobs continue, no new ones start\n");
  EXPECT_EQ(spark({"queue:pause", "mail"}).out, "mail was paused already\n");
  ASSERT_EQ(spark({"queue:worker", "--stop-when-empty"}).code, 0);
  EXPECT_EQ(count("mail", kue::State::available), 3);
  Ran const resumed = spark({"queue:resume", "mail", "--json"});
  EXPECT_EQ(text_at(parse(resumed.out), "/queues/0/queue"), "mail");
  EXPECT_EQ(text_at(parse(resumed.out), "/queues/0/status"), "open");
  ASSERT_EQ(spark({"queue:worker", "--stop-when-empty"}).code, 0);
  EXPECT_EQ(count("mail", kue::State::completed), 3);
}

TEST_F(QueuesTest, several_are_paused_together_or_not_at_all) {
  EXPECT_EQ(spark({"queue:pause", "mail", "bills"}).code, 3);
  EXPECT_FALSE(parse(spark({"queue:list", "--json"}).out).at_pointer("/queues/0/paused").as_bool());
  EXPECT_EQ(spark({"queue:pause", "--force", "mail", "bills"}).code, 0);
  push_many(1, "bills");
  ASSERT_EQ(spark({"queue:worker", "--stop-when-empty"}).code, 0);
  EXPECT_EQ(count("bills", kue::State::available), 1) << "paused before its first job";
}

TEST_F(QueuesTest, purge_wants_a_yes_and_a_dry_run_changes_nothing) {
  Ran const dry = spark({"queue:purge", "mail", "--dry-run"});
  EXPECT_EQ(dry.code, 0);
  EXPECT_EQ(dry.out, "would delete 3 jobs: 3 available\n");
  Ran const alone = spark({"queue:purge", "mail"});
  EXPECT_EQ(alone.code, 5);
  EXPECT_THAT(alone.err, HasSubstr("--yes"));
  EXPECT_EQ(count("mail", kue::State::available), 3);
  Ran const done = spark({"queue:purge", "mail", "--yes"});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_EQ(done.out, "deleted 3 jobs\n");
  EXPECT_EQ(count("mail", kue::State::available), 0);
  EXPECT_EQ(spark({"queue:purge", "mail", "--yes"}).out,
            "no scheduled, blocked, available or retryable jobs of queue mail\n");
  EXPECT_THAT(spark({"store:check"}).out, HasSubstr("no problems"));
}

TEST_F(QueuesTest, purge_leaves_running_and_ended_jobs_unless_told) {
  push_many(1, "mail", "Hold", [](kue::Envelope& job) { job.args = "{}"; });
  push_many(2, "other");
  Program worker({CONSOLE_PROGRAM, "queue:worker", "--queues", "mail", "-c", "1"}, {.directory = folder_.path()});
  ASSERT_TRUE(worker.says("holding"));
  push_many(4, "mail");
  auto const purged = parse(spark({"queue:purge", "mail", "--yes", "--json"}).out);
  EXPECT_FALSE(purged.at("dry_run").as_bool());
  EXPECT_EQ(number_at(purged, "/chosen"), 4);
  EXPECT_EQ(number_at(purged, "/states/available"), 4);
  EXPECT_EQ(number_at(purged, "/statuses/removed"), 4);
  EXPECT_EQ(count("mail", kue::State::running), 1);
  EXPECT_EQ(count("mail", kue::State::completed), 3);
  EXPECT_EQ(count("other", kue::State::available), 2);
  EXPECT_EQ(spark({"queue:purge", "mail", "--states", "running", "--yes"}).code, 2);
  EXPECT_EQ(spark({"queue:purge", "mail", "--states", "completed", "--yes"}).out, "deleted 3 jobs\n");
  folder_.write("release", "");
  EXPECT_EQ(worker.stop(), 0);
}

// No long lock: others push, claim and finish while thousands of rows go.
TEST_F(QueuesTest, purge_of_thousands_lets_workers_go_on) {
  constexpr int kMany = 4000, kOthers = 40;
  push_many(kMany, "bulk");
  Program worker({CONSOLE_PROGRAM, "queue:worker", "--queues", "default", "-c", "1"}, {.directory = folder_.path()});
  ASSERT_TRUE(worker.says("worker started"));
  Program purge({CONSOLE_PROGRAM, "queue:purge", "bulk", "--yes"}, {.directory = folder_.path()});
  auto const store = kue::open_store("sqlite:" + folder_.path("spark.db"));
  auto longest = std::chrono::steady_clock::duration::zero();
  for (int i = 0; i < kOthers; ++i) {
    auto const from = std::chrono::steady_clock::now();
    kue::Envelope const job{.id = kue::JobId::make(), .kind = "Greet", .args = R"({"name":"x"})"};
    store->push({.jobs = {&job, 1}});
    longest = std::max(longest, std::chrono::steady_clock::now() - from);
  }
  EXPECT_EQ(purge.wait(), 0) << purge.err();
  EXPECT_EQ(purge.out(), "deleted 4,000 jobs\n");
  EXPECT_EQ(count("bulk", kue::State::available), 0);
  EXPECT_LT(longest, std::chrono::seconds(5)) << "a push waited behind the purge";
  auto const done = [&] { return count("default", kue::State::completed) == kOthers; };
  auto const until = std::chrono::steady_clock::now() + std::chrono::seconds(40);
  while (!done() && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_TRUE(done());
  EXPECT_EQ(worker.stop(), 0);
}

TEST_F(QueuesTest, a_worker_takes_queues_by_weight) {
  Ran const mixed = spark({"queue:worker", "--queues", "mail:3,default"});
  EXPECT_EQ(mixed.code, 2);
  EXPECT_THAT(mixed.err, HasSubstr("--queues: queue 'default' has no weight and others have: give every queue one"));
  EXPECT_EQ(spark({"queue:worker", "--queues", "mail:0"}).code, 2);
  folder_.write("spark.toml", "[worker]\nqueues = [\"mail:3\", \"default:1\"]\n");
  push_many(2, "default");
  Ran const worked = spark({"queue:worker", "--stop-when-empty"});
  EXPECT_EQ(worked.code, 0) << worked.err;
  EXPECT_THAT(worked.err, HasSubstr("queues: mail:3, default:1"));
  EXPECT_EQ(count("mail", kue::State::completed), 3);
  EXPECT_EQ(count("default", kue::State::completed), 2);
  Ran const json = spark({"queue:worker", "--queues", "mail:7", "--stop-when-empty", "--json"});
  EXPECT_EQ(number_at(parse(json.out.substr(0, json.out.find('\n'))), "/weights/0"), 7);
}

}  // namespace
