// The program on a real SQLite file: exit codes and words, for a history that keeps the promise and for two that do
// not.

#include <kue/open_queue.hpp>
#include <kue/testing/checker.hpp>

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <string>

namespace kue::testing {
namespace {

struct Answer {
  int code = -1;
  std::string text;
};

Answer checker(std::string const& arguments) {
  std::string const command = std::string(KUE_CHECKER) + " " + arguments + " 2>&1";
  std::FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return {};
  Answer answer;
  std::array<char, 4096> part{};
  for (std::size_t n = 0; (n = std::fread(part.data(), 1, part.size(), pipe)) > 0;) answer.text.append(part.data(), n);
  int const status = ::pclose(pipe);
  if (WIFEXITED(status)) answer.code = WEXITSTATUS(status);
  return answer;
}

// One process that pushes, claims, runs and finishes three jobs, and writes down what it does.
class checker_program : public ::testing::Test {
 protected:
  checker_program() {
    std::filesystem::create_directories(folder_ + "/runs");
    std::filesystem::create_directories(folder_ + "/pushes");
    StoreQueue queue(open_store(url_, {.event_log = true}));
    JournalWriter pushes(folder_ + "/pushes"), runs(folder_ + "/runs");
    for (int i = 0; i < 3; ++i) {
      Envelope job;
      job.id = JobId::make();
      job.kind = "counted";
      queue.push(job);
      pushes.write({.verb = JournalVerb::push_ok, .job = job.id, .args_hash = hash_of(job.args)});
    }
    while (auto delivery = queue.pop(Millis(0))) {
      runs.run_begin(delivery->job.id, delivery->claim.claim_no, delivery->attempt, hash_of(delivery->job.args));
      runs.run_end(delivery->job.id, delivery->claim.claim_no, "returned");
      queue.finish(*delivery, completed());
      last_ = delivery->job.id;
    }
  }
  ~checker_program() override { std::filesystem::remove_all(folder_); }

  std::string arguments() const {
    return "--store " + url_ + " --runs " + folder_ + "/runs --pushes " + folder_ + "/pushes --drained";
  }

  std::string folder_ = (std::filesystem::temp_directory_path() / ("kue-checker-" + JobId::make().str())).string();
  std::string url_ = "sqlite:" + folder_ + "/spark.db";
  JobId last_;
};

TEST_F(checker_program, says_that_the_promise_was_kept) {
  Answer const answer = checker(arguments());
  EXPECT_EQ(answer.code, 0) << answer.text;
  EXPECT_NE(answer.text.find("accepted 3: completed 3"), std::string::npos) << answer.text;
  EXPECT_NE(answer.text.find("runs by reason: first 3"), std::string::npos) << answer.text;
  EXPECT_NE(answer.text.find("verdict: kept"), std::string::npos) << answer.text;
}

TEST_F(checker_program, shows_the_run_that_nothing_explains) {
  JournalWriter(folder_ + "/runs").run_begin(last_, 2, 2, hash_of("{}"));
  Answer const answer = checker(arguments());
  EXPECT_EQ(answer.code, 1);
  EXPECT_NE(answer.text.find("unexplained_run broken by job " + last_.str()), std::string::npos) << answer.text;
  EXPECT_NE(answer.text.find("push_ok " + last_.str()), std::string::npos)
      << "the counter-example has no lines: " << answer.text;
}

TEST_F(checker_program, shows_the_job_that_is_lost) {
  JobId const lost = JobId::make();
  JournalWriter(folder_ + "/pushes").write({.verb = JournalVerb::push_ok, .job = lost});
  Answer const answer = checker(arguments());
  EXPECT_EQ(answer.code, 1);
  EXPECT_NE(answer.text.find("lost 1"), std::string::npos) << answer.text;
}

TEST_F(checker_program, wants_a_store_that_is_there_and_known_options) {
  EXPECT_EQ(checker("").code, 2);
  EXPECT_EQ(checker("--store " + url_ + " --dance").code, 2);
  EXPECT_EQ(checker("--store sqlite:" + folder_ + "/none.db").code, 3);
  EXPECT_FALSE(std::filesystem::exists(folder_ + "/none.db"));
  EXPECT_EQ(checker("--help").code, 0);
}

}  // namespace
}  // namespace kue::testing
