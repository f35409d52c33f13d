#include "../console/json.hpp"
#include "program.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <sstream>

namespace {

using testing::HasSubstr;
using testing::Not;

std::vector<std::string> lines_with(std::string const& text, std::string const& part) {
  std::vector<std::string> found;
  std::istringstream all(text);
  for (std::string line; std::getline(all, line);) {
    if (line.find(part) != std::string::npos) found.push_back(line);
  }
  return found;
}

class Logging : public testing::Test {
 protected:
  Ran spark(std::vector<std::string> words, std::map<std::string, std::string> environment = {}) const {
    words.insert(words.begin(), LOG_PROGRAM);
    return run(words, {.directory = folder.path(), .environment = std::move(environment)});
  }
  std::string push(std::string const& kind, std::string const& args) const {
    Ran const ran = spark({"job:push", kind, "--args", args, "--json"});
    EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
    return text_at(parse(ran.out), "/id");
  }
  // What a worker with one child writes on stderr until nothing is left.
  std::string worker_log(std::vector<std::string> options = {},
                         std::map<std::string, std::string> environment = {}) const {
    options.insert(options.begin(), {"queue:worker", "--stop-when-empty"});
    Ran const ran = spark(options, std::move(environment));
    EXPECT_EQ(ran.code, 0) << ran.err;
    return ran.err;
  }
  static std::string only(std::string const& log, std::string const& part) {
    auto const lines = lines_with(log, part);
    EXPECT_EQ(lines.size(), 1U) << "lines with '" << part << "' in\n" << log;
    return lines.empty() ? std::string() : lines.front();
  }

  Folder folder;
};

TEST_F(Logging, every_line_written_inside_a_job_says_the_job_and_the_attempt) {
  std::string const id = push("Talk", R"({"what":"x"})");
  std::string const log = worker_log(), mark = "job=Talk#" + id + " attempt=1 ";
  for (char const* line :
       {"injected x", "application x", "spdlog x", "handed x", "accepted from queue", "completed in"}) {
    EXPECT_THAT(only(log, line),
                testing::MatchesRegex(R"(....-..-..T..:..:......Z info  child\[[0-9]+\] )" + mark + line + ".*"));
  }
  EXPECT_THAT(only(log, "stray x"), Not(HasSubstr("job="))) << "a thread that was not given the job";
  EXPECT_THAT(log, Not(HasSubstr("debug")));
  EXPECT_THAT(only(log, "worker stopped"), Not(HasSubstr("job=")));
}

TEST_F(Logging, json_lines_have_the_job_its_kind_and_the_attempt_as_fields) {
  std::string const id = push("Talk", R"({"what":"a\nb\"c\u0007"})");
  std::string const log = worker_log({"--log-format", "json"});
  std::istringstream all(log);
  int lines = 0, of_the_job = 0;
  for (std::string line; std::getline(all, line); ++lines) {
    auto const object = parse(line);
    EXPECT_THAT(text_at(object, "/level"), testing::AnyOf("info", "warn"));
    if (line.find("\"job\"") == std::string::npos) continue;
    ++of_the_job;
    EXPECT_EQ(text_at(object, "/job"), id);
    EXPECT_EQ(text_at(object, "/kind"), "Talk");
    EXPECT_THAT(line, HasSubstr("\"attempt\":1,"));
  }
  EXPECT_EQ(text_at(parse(only(log, "spdlog a")), "/text"), "spdlog a\nb\"c\a");
  EXPECT_GT(lines, of_the_job);
  EXPECT_EQ(of_the_job, 6);
}

TEST_F(Logging, failed_speaks_for_its_job_and_arguments_are_never_logged) {
  std::string const id = push("Fail", R"({"password":"hunter2"})");
  std::string const log = worker_log({"--log-level", "debug"});
  EXPECT_THAT(only(log, "about to fail"), HasSubstr("error child"));
  EXPECT_THAT(only(log, "failed was called"), HasSubstr("job=Fail#" + id + " attempt=1 "));
  EXPECT_THAT(only(log, "discarded after"), HasSubstr("job=Fail#" + id));
  EXPECT_THAT(log, Not(HasSubstr("hunter2")));
}

TEST_F(Logging, long_texts_come_in_parts_each_marked_with_the_job) {
  std::string const id = push("Long", R"({"bytes":10000})");
  auto const parts = lines_with(worker_log(), "xxxx");
  ASSERT_EQ(parts.size(), 3U);
  for (std::string const& part : parts) {
    EXPECT_LT(part.size(), 4096U);
    EXPECT_THAT(part, HasSubstr("job=Long#" + id + " attempt=1 ("));
  }
}

// The level holds for the logger that is injected, for the application's and for the user's own.
TEST_F(Logging, the_level_comes_from_flag_environment_or_file_and_reaches_the_jobs) {
  auto const talks = [&](std::vector<std::string> options, std::map<std::string, std::string> environment) {
    push("Talk", R"({"what":"x"})");
    return worker_log(std::move(options), std::move(environment));
  };
  std::string const by_flag = talks({"--log-level", "debug"}, {{"SPARK_LOG_LEVEL", "error"}});
  EXPECT_THAT(only(by_flag, "injected debug x"), HasSubstr(" debug child"));
  EXPECT_THAT(only(by_flag, "spdlog debug x"), HasSubstr(" debug child"));
  std::string const by_environment = talks({}, {{"SPARK_LOG_LEVEL", "warn"}});
  EXPECT_THAT(by_environment, Not(HasSubstr("injected")));
  EXPECT_THAT(by_environment, Not(HasSubstr("spdlog")));
  folder.write("spark.toml", "[log]\nlevel = \"debug\"\nformat = \"json\"\n");
  EXPECT_EQ(text_at(parse(only(talks({}, {}), "spdlog debug x")), "/level"), "debug");
  EXPECT_EQ(talks({"--log-level", "off"}, {}), "");
}

TEST_F(Logging, a_command_of_the_users_own_has_the_level_too_even_if_it_logged_before_the_flags) {
  for (std::map<std::string, std::string> const& environment :
       {std::map<std::string, std::string>{}, {{"LOG_EARLY", "1"}}}) {
    Ran const ran = spark({"talk", "--log-level", "debug", "--log-format", "json"}, environment);
    EXPECT_EQ(ran.code, 0);
    EXPECT_EQ(text_at(parse(only(ran.err, "debug of a command")), "/role"), "talk");
    EXPECT_EQ(text_at(parse(only(ran.err, "debug of the application")), "/level"), "debug");
    EXPECT_THAT(spark({"talk"}, environment).err, Not(HasSubstr("debug")));
  }
}

TEST_F(Logging, a_level_that_is_none_is_refused_in_a_sentence) {
  Ran const by_flag = spark({"talk", "--log-level", "loud"});
  EXPECT_EQ(by_flag.code, 2);
  EXPECT_THAT(by_flag.err, HasSubstr("--log-level must be debug, info, warn, error or off, not 'loud'"));
  Ran const by_environment = spark({"talk"}, {{"SPARK_LOG_LEVEL", "loud"}});
  EXPECT_EQ(by_environment.code, 2);
  EXPECT_THAT(by_environment.err, HasSubstr("SPARK_LOG_LEVEL"));
  EXPECT_THAT(by_environment.err, HasSubstr("\"debug\", \"info\", \"warn\", \"error\" or \"off\""));
}

}  // namespace
