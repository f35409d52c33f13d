#include <kue/logger.hpp>

#include <gtest/gtest.h>

#include <regex>
#include <vector>

namespace kue {
namespace {

std::string line_on_stderr(LogFormat format, LogLine const& line) {
  testing::internal::CaptureStderr();
  stderr_sink(format)->write(line);
  return testing::internal::GetCapturedStderr();
}

TEST(Logger, a_line_says_when_who_which_job_and_what) {
  set_log_role("child");
  std::string const line = line_on_stderr(LogFormat::text, {LogLevel::info, "HelloWorldJob#1 attempt=1", "Hello World John!"});
  EXPECT_TRUE(std::regex_match(line, std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z info  child\[\d+\] job=HelloWorldJob#1 attempt=1 Hello World John!\n)"))) << line;
}

TEST(Logger, job_data_cannot_forge_a_line_or_drive_the_terminal) {
  std::string const line = line_on_stderr(LogFormat::text, {LogLevel::warn, "", "a\nb\x1b[31mc\r\x7f\xc2\x9bz"});
  EXPECT_NE(line.find(R"(a\nb\x1b[31mc\x0d\x7f\x9bz)"), std::string::npos) << line;
  EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1);
}

TEST(Logger, utf8_stays_readable) {
  EXPECT_NE(line_on_stderr(LogFormat::text, {LogLevel::info, "", "Grüße"}).find("Grüße"), std::string::npos);
}

TEST(Logger, json_lines_escape_quotes_and_control_characters) {
  std::string const line = line_on_stderr(LogFormat::json, {LogLevel::error, "K#1", "say \"x\\y\"\t"});
  EXPECT_NE(line.find(R"("level":"error")"), std::string::npos) << line;
  EXPECT_NE(line.find(R"("text":"say \"x\\y\"\u0009"})"), std::string::npos) << line;
}

struct Kept : LogSink {
  std::vector<std::string> lines;
  void write(LogLine const& line) override { lines.emplace_back(line.text); }
};

TEST(Logger, below_its_level_nothing_is_formatted) {
  auto const kept = std::make_shared<Kept>();
  Logger const quiet(kept, LogLevel::warn);
  Logger(quiet).info("{}", "no");
  Logger(quiet).warn("{} {}", "yes", 1);
  Logger(Logger(kept, LogLevel::off)).error("no");
  EXPECT_EQ(kept->lines, std::vector<std::string>{"yes 1"});
}

TEST(Logger, levels_are_read_by_name) {
  EXPECT_EQ(parse_log_level("warn"), LogLevel::warn);
  EXPECT_FALSE(parse_log_level("WARN"));
}

}  // namespace
}  // namespace kue
