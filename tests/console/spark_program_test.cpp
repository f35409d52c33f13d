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

// As a person types it: in the application's directory, with `spark` in the PATH.
TEST_F(SparkProgramTest, word_for_word_in_the_directory_and_below) {
  folder_.write("spark.toml", std::string("[application]\nbinary = \"build/shop\"\n"));
  std::filesystem::create_directories(folder_.path("build"));
  std::filesystem::create_directories(folder_.path("src/deep"));
  std::filesystem::create_symlink(CONSOLE_PROGRAM, folder_.path("build/shop"));
  std::string const path = std::filesystem::path(SPARK_PROGRAM).parent_path().string() + ":" + ::getenv("PATH");
  push({"Greet", "--args", R"({"name":"John Doe"})"});
  for (auto const* directory : {"", "src/deep"}) {
    Program worker({"/bin/sh", "-c", "exec spark queue:worker -c 4"},
                   {.directory = folder_.path(directory), .environment = {{"PATH", path}}});
    ASSERT_TRUE(worker.says("worker started")) << worker.err();
    if (*directory == '\0') {
      EXPECT_TRUE(worker.says("Hello John Doe!")) << worker.err();
    }
    EXPECT_THAT(worker.err(),
                HasSubstr("shop queue:worker, 9 job classes, configured by " + folder_.path("spark.toml")));
    EXPECT_EQ(worker.stop(), 0);
  }
}

TEST_F(SparkProgramTest, says_when_the_program_cannot_be_run) {
  std::string const named = ", which " + folder_.path("spark.toml") + " names as [application] binary, ";
  auto const refusal = [&](std::string const& binary) {
    folder_.write("spark.toml", "[application]\nbinary = \"" + binary + "\"\n");
    Ran const ran = generic({"queue:worker", "-c", "4"});
    EXPECT_EQ(ran.code, 2) << ran.out;
    return ran.err;
  };
  EXPECT_EQ(refusal("build/shop"), "error: " + folder_.path("build/shop") + named +
                                       "does not exist\nhint: build it (cmake --build build), or correct the path\n");
  EXPECT_THAT(refusal("."), HasSubstr("is a directory"));
  folder_.write("shop", "no program");
  EXPECT_THAT(refusal("shop"), HasSubstr(named + "cannot be executed\nhint: name the built program, or chmod +x it"));
  std::filesystem::permissions(folder_.path("shop"), std::filesystem::perms::owner_all);
  EXPECT_THAT(refusal("shop"), HasSubstr("Exec format error\nhint: build it again"));
  EXPECT_THAT(refusal(SPARK_PROGRAM), HasSubstr("is spark itself"));
  folder_.write("spark.toml", "[application]\nbniary = 1\n");
  EXPECT_THAT(generic({"queue:stats"}).err, HasSubstr("did you mean binary?"));
}

TEST_F(SparkProgramTest, helps_until_the_program_is_built) {
  folder_.write("spark.toml", "[application]\nbinary = \"build/shop\"\n");
  EXPECT_EQ(generic({"help"}).code, 0);
  EXPECT_EQ(generic({"version"}).code, 0);
  EXPECT_EQ(generic({"config:check"}).code, 0);
  EXPECT_THAT(generic({"config:show", "--origin"}).out, HasSubstr("application.binary\t" + folder_.path("build/shop") +
                                                                  "\t" + folder_.path("spark.toml") + ":2\n"));
  Ran const doctor = generic({"doctor"});
  EXPECT_EQ(doctor.code, 1);
  EXPECT_THAT(doctor.out, HasSubstr("does not exist\tbuild it"));
  EXPECT_EQ(generic({"queue:stats", "--store", "sqlite:none.db"}).code, 4) << "with --store it answers itself";
}

}  // namespace
