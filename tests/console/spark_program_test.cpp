// The program `spark` in an application's directory, and without one.

#include "fixture.hpp"

namespace {

using testing::HasSubstr;

class SparkProgramTest : public ConsoleTest {
 protected:
  Ran generic(std::vector<std::string> words) const {
    words.insert(words.begin(), SPARK_PROGRAM);
    return run(words, {.directory = folder_.path()});
  }
};

TEST_F(SparkProgramTest, becomes_the_applications_program) {
  folder_.write("spark.toml", std::string("[application]\nbinary = \"") + CONSOLE_PROGRAM + "\"\n");
  EXPECT_EQ(generic({"job:push", "Greet", "--args", R"({"name":"John Doe"})"}).code, 0);
  Ran const worked = generic({"queue:worker", "-c", "1", "--stop-when-empty"});
  EXPECT_EQ(worked.code, 0) << worked.err;
  EXPECT_THAT(worked.err, HasSubstr("Hello John Doe!"));
  EXPECT_EQ(generic({"seven"}).code, 7);
}

TEST_F(SparkProgramTest, answers_itself_what_needs_no_job_class) {
  push({"Greet", "--args", R"({"name":"x"})"});
  EXPECT_EQ(number_at(parse(generic({"queue:stats", "--json"}).out), "/queues/0/available"), 1);
  Ran const worker = generic({"queue:worker"});
  EXPECT_EQ(worker.code, 2);
  EXPECT_THAT(worker.err, HasSubstr("[application] binary in spark.toml"));
}

TEST_F(SparkProgramTest, says_when_the_program_is_not_there_or_is_itself) {
  folder_.write("spark.toml", "[application]\nbinary = \"none\"\n");
  Ran const missing = generic({"queue:stats"});
  EXPECT_EQ(missing.code, 2);
  EXPECT_THAT(missing.err, HasSubstr("cannot run " + folder_.path("none")));
  folder_.write("spark.toml", std::string("[application]\nbinary = \"") + SPARK_PROGRAM + "\"\n");
  EXPECT_THAT(generic({"queue:stats"}).err, HasSubstr("is spark itself"));
  folder_.write("spark.toml", "[application]\nbniary = 1\n");
  EXPECT_THAT(generic({"queue:stats"}).err, HasSubstr("did you mean binary?"));
}

}  // namespace
