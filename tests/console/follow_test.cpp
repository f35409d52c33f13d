// What goes on until something has happened: job:push --wait, job:watch, queue:stats --watch.

#include "fixture.hpp"
#include "terminal.hpp"

#include <csignal>
#include <sstream>

namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class FollowTest : public ConsoleTest {
 protected:
  Program::Options here() const { return {.directory = folder_.path()}; }
  static std::vector<std::string> lines_of(std::string const& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
  }
  // Line wrapping is what a picture switches off and on: whatever happens, it is on at the end.
  static void expect_terminal_restored(std::string const& screen) {
    auto const off = screen.rfind("\x1b[?7l"), on = screen.rfind("\x1b[?7h");
    ASSERT_NE(on, std::string::npos);
    EXPECT_GT(on, off);
    EXPECT_EQ(screen.find("\x1b[?25l"), std::string::npos) << "the cursor is never hidden";
  }
};

TEST_F(FollowTest, push_and_wait_shows_the_result_or_the_error) {
  push({"Greet", "--args", R"({"name":"x"})"});
  Program worker({CONSOLE_PROGRAM, "queue:worker"}, here());
  ASSERT_TRUE(worker.says("Hello x!"));
  Ran const sum = spark({"job:push", "Sum", "--args", R"({"a":40,"b":2})", "--wait"});
  EXPECT_EQ(sum.code, 0) << sum.err;
  EXPECT_THAT(sum.out, StartsWith("pushed Sum as "));
  EXPECT_THAT(sum.out, HasSubstr("\tcompleted\t1/25"));
  EXPECT_THAT(sum.out, testing::EndsWith("\n42\n"));
  Ran const failed = spark({"job:push", "Fail", "--args", R"({"message":"out of paper"})", "--wait"});
  EXPECT_EQ(failed.code, 1);
  EXPECT_THAT(failed.err, HasSubstr("Fail is discarded: out of paper"));
  EXPECT_THAT(failed.err, HasSubstr("hint: console_program job:show "));
  auto const document = parse(spark({"job:push", "Sum", "--args", R"({"a":1,"b":2})", "--wait", "--json"}).out);
  EXPECT_TRUE(document.at("ended").as_bool());
  EXPECT_EQ(number_at(document, "/job/result"), 3);
  EXPECT_EQ(worker.stop(), 0);
}

TEST_F(FollowTest, push_and_wait_gives_up_in_time_and_the_job_stays) {
  Ran const ran = spark({"job:push", "Greet", "--args", R"({"name":"x"})", "--wait", "--wait-timeout", "200ms"});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.err, HasSubstr("no worker is at work here; start one with console_program queue:worker"));
  EXPECT_THAT(ran.err, HasSubstr("Greet is still available; stopped watching. job:watch "));
  EXPECT_EQ(count("default", kue::State::available), 1);
  auto const json = parse(
      spark({"job:push", "Greet", "--args", R"({"name":"x"})", "--wait", "--wait-timeout", "200ms", "--json"}).out);
  EXPECT_FALSE(json.at("ended").as_bool());
  EXPECT_EQ(text_at(json, "/job/state"), "available");
  EXPECT_EQ(spark({"job:push", "Greet", "--args", R"({"name":"x"})", "--wait-timeout", "1s"}).code, 2);
  Ran const own = with_mode("own-queue", {"job:push", "Greet", "--args", R"({"name":"x"})", "--wait"});
  EXPECT_EQ(own.code, 5);
  EXPECT_THAT(own.err, HasSubstr("nothing was pushed"));
}

TEST_F(FollowTest, push_at_a_time) {
  auto const id = push({"Greet", "--args", R"({"name":"x"})", "--at", "2099-12-01T11:00:00+01:00"});
  auto const job = parse(spark({"job:show", id, "--json"}).out);
  EXPECT_EQ(text_at(job, "/job/run_at"), "2099-12-01T10:00:00.000Z");
  EXPECT_EQ(text_at(job, "/job/state"), "scheduled");
  Ran const vague = spark({"job:push", "Greet", "--args", R"({"name":"x"})", "--at", "2099-12-01T11:00:00"});
  EXPECT_EQ(vague.code, 2);
  EXPECT_THAT(vague.err, HasSubstr("--at must be a time such as 2026-12-01T10:00:00Z"));
  EXPECT_EQ(spark({"job:push", "Greet", "--args", R"({"name":"x"})", "--at", "2099-12-01", "--in", "5m"}).code, 2);
}

TEST_F(FollowTest, watch_writes_a_line_for_each_change_into_a_pipe) {
  auto const id = push({"Steps"});
  Program text({CONSOLE_PROGRAM, "job:watch", id}, here());
  Program jsonl({CONSOLE_PROGRAM, "job:watch", id, "--jsonl"}, here());
  ASSERT_TRUE(text.says("available"));
  ASSERT_TRUE(jsonl.says("available"));
  Program worker({CONSOLE_PROGRAM, "queue:worker"}, here());
  ASSERT_TRUE(text.says("\t50\t"));
  ASSERT_TRUE(jsonl.says("\"percent\":50"));
  folder_.write("release", "");
  EXPECT_EQ(text.wait(), 0) << text.err();
  EXPECT_EQ(jsonl.wait(), 0) << jsonl.err();
  auto const lines = lines_of(text.out());
  ASSERT_GE(lines.size(), 3u);
  EXPECT_LE(lines.size(), 5u) << "a line a change, not a line a look:\n" << text.out();
  EXPECT_THAT(lines.front(), HasSubstr("Z\tavailable\t0/25"));
  EXPECT_THAT(lines.back(), HasSubstr("Z\tcompleted\t1/25"));
  EXPECT_THAT(text.out(), Not(HasSubstr("\x1b"))) << "the note comes from the job";
  for (std::string const& line : lines_of(jsonl.out())) EXPECT_EQ(text_at(parse(line), "/id"), id);
  EXPECT_EQ(worker.stop(), 0);
  EXPECT_EQ(spark({"job:watch", id}).code, 0) << "it has ended already";
  EXPECT_EQ(spark({"job:watch", "0193c2a0-1b2c-7def-8a90-b1c2d3e4f506"}).code, 3);
}

TEST_F(FollowTest, watch_draws_in_place_on_a_terminal_and_leaves_it_as_it_was) {
  auto const id = push({"Steps"});
  Program worker({CONSOLE_PROGRAM, "queue:worker"}, here());
  Terminal terminal({CONSOLE_PROGRAM, "job:watch", id, "--interval", "50ms", "--color", "never"}, here());
  ASSERT_TRUE(terminal.shows("[###############...............]  50 %  half")) << terminal.screen();
  ASSERT_TRUE(terminal.shows("\x1b[3A\r\x1b[J")) << "back to its first line: " << terminal.screen();
  terminal.type("\x03");  // Ctrl-C, by way of the terminal
  EXPECT_EQ(terminal.wait(), 130) << terminal.screen();
  expect_terminal_restored(terminal.screen());
  EXPECT_THAT(terminal.screen(), HasSubstr("Steps is still running; stopped watching. job:watch " + id));
  folder_.write("release", "");
  Terminal again({CONSOLE_PROGRAM, "job:watch", id, "--color", "never"}, here());
  EXPECT_EQ(again.wait(), 0);
  EXPECT_THAT(again.screen(), HasSubstr("completed, attempt 1 of 25"));
  EXPECT_EQ(worker.stop(), 0);
}

TEST_F(FollowTest, stats_draws_again_in_its_place_until_ctrl_c) {
  push({"Greet", "--args", R"({"name":"x"})"});
  Terminal terminal({CONSOLE_PROGRAM, "queue:stats", "--watch", "--interval", "50ms", "--color", "never"}, here());
  ASSERT_TRUE(terminal.shows("ENDED/S")) << terminal.screen();
  EXPECT_THAT(terminal.screen(), Not(HasSubstr("\nmail ")));
  push_many(7, "mail");
  ASSERT_TRUE(terminal.shows("\nmail             7        0 ")) << terminal.screen();
  EXPECT_THAT(terminal.screen(), HasSubstr("A\r\x1b[J")) << "up and cleared";
  EXPECT_THAT(terminal.screen(), HasSubstr("every 50ms, in sqlite:" + folder_.path("spark.db") + "; Ctrl-C ends"));
  terminal.type("\x03");
  EXPECT_EQ(terminal.wait(), 0);
  expect_terminal_restored(terminal.screen());
}

TEST_F(FollowTest, stats_shows_every_column_on_a_terminal_of_eighty_columns) {
  push_many(12345, "a-queue-with-quite-a-long-name");
  Terminal terminal({CONSOLE_PROGRAM, "queue:stats", "--watch", "--interval", "50ms", "--color", "never"}, here(),
                    {.columns = 80, .rows = 40});
  ASSERT_TRUE(terminal.shows("  0.0\n")) << "the last column of the second look: " << terminal.screen();
  terminal.type("\x03");
  EXPECT_EQ(terminal.wait(), 0);
  for (std::string const& line : lines_of(terminal.screen())) {
    if (line.find("AVAIL") == std::string::npos) continue;
    std::string const head = line.substr(line.find("QUEUE"));
    EXPECT_LE(head.size(), 80u) << head;
    EXPECT_THAT(head, testing::EndsWith("DONE  DISC  CANC  END/S"));
  }
}

TEST_F(FollowTest, stats_is_lines_in_a_pipe_and_an_object_a_look_with_jsonl) {
  push_many(2, "mail");
  Program text({CONSOLE_PROGRAM, "queue:stats", "--watch", "--interval", "50ms"}, here());
  Program jsonl({CONSOLE_PROGRAM, "queue:stats", "--watch", "--interval", "50ms", "--jsonl"}, here());
  ASSERT_TRUE(text.says("Z\tmail\t2\t0"));
  ASSERT_TRUE(jsonl.says("\"available\":2"));
  push_many(3, "mail");
  ASSERT_TRUE(text.says("Z\tmail\t5\t0"));
  ASSERT_TRUE(jsonl.says("\"available\":5"));
  text.send(SIGINT);
  EXPECT_EQ(text.wait(), 0) << text.err();
  jsonl.send(SIGTERM);
  EXPECT_EQ(jsonl.wait(), 0) << jsonl.err();
  auto const lines = lines_of(jsonl.out());
  ASSERT_GE(lines.size(), 2u);
  EXPECT_TRUE(parse(lines.front()).at_pointer("/queues/0/ended_per_second").is_null()) << "nothing to compare with";
  EXPECT_EQ(number_at(parse(lines.back()), "/queues/0/available"), 5);
  EXPECT_THAT(text_at(parse(lines.back()), "/at"), StartsWith("20"));
  EXPECT_EQ(text_at(parse(lines.back()), "/store"), "sqlite:" + folder_.path("spark.db"));
  Ran const json = spark({"queue:stats", "--watch", "--json"});
  EXPECT_EQ(json.code, 2);
  EXPECT_THAT(json.out, HasSubstr("--jsonl writes one a line"));
  EXPECT_EQ(spark({"queue:stats", "--watch", "--interval", "1ms"}).code, 2);
}

}  // namespace
