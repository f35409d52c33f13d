// Jobs named by the end of their ids, and the ids that a shell offers.

#include "fixture.hpp"

#include <algorithm>
#include <cctype>

namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class JobIdsTest : public ConsoleTest {
 protected:
  std::string greet() const { return push({"Greet", "--args", R"({"name":"x"})"}); }
  static std::string end_of(std::string const& id, std::size_t size) { return id.substr(id.size() - size); }
  // A job whose id is that of `byte` sixteen times.
  void push_with_bytes(std::uint8_t byte, std::uint8_t first) const {
    push_many(1, "default", "Greet", [&](kue::Envelope& job) {
      std::array<std::uint8_t, 16> bytes{};
      bytes.fill(byte);
      bytes[0] = first;
      job.id = kue::JobId(bytes);
    });
  }
};

TEST_F(JobIdsTest, an_end_names_the_job_in_every_command) {
  auto const first = greet(), second = greet();
  ASSERT_EQ(spark({"queue:worker", "--stop-when-empty"}).code, 0);
  auto const failed = push({"Fail", "--args", R"({"message":"no"})"});
  ASSERT_EQ(spark({"queue:worker", "--stop-when-empty"}).code, 0);
  EXPECT_THAT(spark({"job:show", end_of(first, 6)}).out, StartsWith("id            " + first + "\n"));
  EXPECT_EQ(spark({"job:watch", end_of(first, 7)}).code, 0);
  EXPECT_EQ(spark({"job:retry", end_of(failed, 8)}).out, failed + " is available again\n");
  EXPECT_EQ(spark({"job:cancel", end_of(failed, 8)}).out, failed + " is cancelled\n");
  EXPECT_EQ(spark({"job:delete", end_of(second, 6), failed}).out, second + " is deleted\n" + failed + " is deleted\n")
      << "in the order of the words";
  auto const third = greet();
  Ran const unknown = spark({"job:cancel", third, "ffffff000000"});
  EXPECT_THAT(unknown.err, HasSubstr("no job's id ends with ffffff000000; nothing was done"));
  EXPECT_EQ(spark({"job:cancel", end_of(third, 6), third}).out, third + " is cancelled\n") << "named twice: one job";
}

TEST_F(JobIdsTest, a_name_is_that_of_a_queue_in_built_in_commands_only) {
  greet();
  EXPECT_THAT(spark({"completion:words", "job:push", "--queue", ""}).out, HasSubstr("default"));
  EXPECT_EQ(spark({"completion:words", "throw:nothing", "--host", ""}).out, "");
}

TEST_F(JobIdsTest, dashes_and_capitals_make_no_difference) {
  auto const id = greet();
  auto const name = [&](std::string const& text) { return spark({"job:show", text}).out; };
  std::string bare = id;
  std::erase(bare, '-');
  std::string capitals = end_of(bare, 20);
  for (char& c : capitals) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  for (std::string const& text : {end_of(id, 17), end_of(bare, 17), bare, capitals})
    EXPECT_THAT(name(text), StartsWith("id            " + id + "\n")) << text;
}

TEST_F(JobIdsTest, what_is_too_short_or_no_id_is_refused) {
  auto const id = greet();
  Ran const brief = spark({"job:show", end_of(id, 5)});
  EXPECT_EQ(brief.code, 2);
  EXPECT_THAT(brief.err, AllOf(HasSubstr("not a job id: '" + end_of(id, 5) + "'"),
                               HasSubstr("its last 6 characters or more are enough")));
  EXPECT_EQ(spark({"job:show", "abcdeg"}).code, 2);
  EXPECT_EQ(spark({"job:show", id + "0"}).code, 2);
  EXPECT_EQ(spark({"job:cancel", id, "a-b-c-d-e"}).code, 2) << "dashes do not count";
  EXPECT_EQ(state_of(id), "available") << "nothing was done to the others";
}

TEST_F(JobIdsTest, an_end_of_several_jobs_names_them_all) {
  push_with_bytes(0xab, 1);
  push_with_bytes(0xab, 2);
  Ran const ran = spark({"job:cancel", "abABab"});
  EXPECT_EQ(ran.code, 2);
  EXPECT_THAT(ran.err, AllOf(HasSubstr("the ids of 2 jobs end with abABab:"),
                             HasSubstr("\n  01ababab-abab-abab-abab-abababababab Greet available\n"),
                             HasSubstr("\n  02ababab-abab-abab-abab-abababababab Greet available\n"),
                             HasSubstr("hint: say more of its end")));
  EXPECT_EQ(count("default", kue::State::available), 2) << "neither was cancelled";
  EXPECT_EQ(spark({"job:show", "01ababab-abab-abab-abab-abababababab"}).code, 0);
}

TEST_F(JobIdsTest, of_many_candidates_ten_are_listed) {
  for (std::uint8_t i = 1; i <= 12; ++i) push_with_bytes(0xcd, i);
  std::string const error = spark({"job:show", "cdcdcd"}).err;
  EXPECT_THAT(error, AllOf(HasSubstr("the ids of 12 jobs"), HasSubstr("\n  and 2 more\n"), HasSubstr("\n  0ccdcdcd-"),
                           HasSubstr("\n  03cdcdcd-"), Not(HasSubstr("\n  02cdcdcd-"))))
      << "the newest";
}

TEST_F(JobIdsTest, an_end_is_looked_for_among_the_newest_ten_thousand) {
  push_with_bytes(0xab, 1);
  push_with_bytes(0xcd, 1);
  push_many(9'999, "default");
  EXPECT_EQ(spark({"job:show", "cdcdcdcd"}).code, 0) << "the ten thousandth";
  Ran const old = spark({"job:show", "abababab"});
  EXPECT_EQ(old.code, 3);
  EXPECT_THAT(old.err, HasSubstr("no job's id ends with abababab; looked for among the newest 10000"));
  EXPECT_EQ(spark({"job:show", "01ababab-abab-abab-abab-abababababab"}).code, 0) << "a whole id finds any job";
  EXPECT_EQ(spark({"job:show", "01ababababababababababababababab"}).code, 0);
}

TEST_F(JobIdsTest, a_shell_is_offered_the_newest_with_class_and_state) {
  EXPECT_EQ(spark({"completion:words", "job:show", ""}).out, "") << "no store is made by asking";
  EXPECT_FALSE(std::filesystem::exists(folder_.path("spark.db")));
  auto const waits = greet(), later = push({"SendInvoice", "--args", R"({"order":1,"cents":2})", "--in", "1h"});
  for (auto const* command : {"job:show", "job:watch", "job:retry", "job:cancel", "job:delete"}) {
    EXPECT_EQ(spark({"completion:words", command, ""}).out,
              later + "\tSendInvoice, scheduled\n" + waits + "\tGreet, available\n")
        << command;
  }
  EXPECT_THAT(spark({"completion:words", "job:cancel", waits, ""}).out, HasSubstr(later)) << "the second, too";
  push_many(200, "default");
  std::string const offered = spark({"completion:words", "job:show", ""}).out;
  EXPECT_EQ(std::count(offered.begin(), offered.end(), '\n'), 100);
}

}  // namespace
