#include <kue/logger.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <sstream>
#include <thread>
#include <vector>

namespace kue {
namespace {

JobMark const kHello(*JobId::parse("0193c2a0-1b2c-7def-8a90-b1c2d3e4f506"), "HelloWorldJob", 1);

std::string on_stderr(LogFormat format, LogLine const& line) {
  testing::internal::CaptureStderr();
  stderr_sink(format)->write(line);
  return testing::internal::GetCapturedStderr();
}

std::vector<std::string> lines_of(std::string const& text) {
  std::vector<std::string> lines;
  std::istringstream all(text);
  for (std::string line; std::getline(all, line);) lines.push_back(line);
  return lines;
}

TEST(Logger, a_line_says_when_who_which_job_and_what) {
  set_log_role("child");
  std::string const line = on_stderr(LogFormat::text, {LogLevel::info, kHello, "Hello World John!"});
  EXPECT_TRUE(std::regex_match(line, std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z info  child\[\d+\] )"
                                                R"(job=HelloWorldJob#0193c2a0-1b2c-7def-8a90-b1c2d3e4f506 attempt=1 )"
                                                R"(Hello World John!\n)")))
      << line;
}

TEST(Logger, the_columns_of_all_levels_are_as_wide) {
  for (auto const& [level, shown] : {std::pair{LogLevel::debug, "Z debug child["},
                                     {LogLevel::info, "Z info  child["},
                                     {LogLevel::warn, "Z warn  child["},
                                     {LogLevel::error, "Z error child["}}) {
    set_log_role("child");
    EXPECT_NE(on_stderr(LogFormat::text, {level, {}, "plain"}).find(shown), std::string::npos);
    EXPECT_NE(on_stderr(LogFormat::text, {level, {}, "escaped\n"}).find(shown), std::string::npos);
  }
}

TEST(Logger, a_plain_text_is_written_as_one_that_needs_escapes) {
  auto const after_the_times = [](std::string const& lines) {
    return std::regex_replace(lines, std::regex("(^|\n)[-0-9T:.]{23}Z"), "$1");
  };
  for (std::size_t const size : {std::size_t{0}, std::size_t{1}, std::size_t{200}, std::size_t{3800}, std::size_t{3850},
                                 std::size_t{3900}, std::size_t{3960}}) {
    for (JobMark const& job : {JobMark(), kHello}) {
      // A quotation mark takes the longer way, and stands in a text line as it is.
      std::string const plain =
          after_the_times(on_stderr(LogFormat::text, {LogLevel::info, job, std::string(size, 'x') + '.'}));
      std::string other =
          after_the_times(on_stderr(LogFormat::text, {LogLevel::info, job, std::string(size, 'x') + '"'}));
      std::replace(other.begin(), other.end(), '"', '.');
      EXPECT_TRUE(plain == other) << size;  // not EXPECT_EQ, which would print thousands of letters
    }
  }
}

TEST(Logger, job_data_cannot_forge_a_line_or_drive_the_terminal) {
  std::string const line =
      on_stderr(LogFormat::text, {LogLevel::warn, {}, std::string_view("a\nb\x1b[31mc\r\x7f\xc2\x9bz\u202e\0.", 19)});
  EXPECT_NE(line.find(R"(a\nb\x1b[31mc\x0d\x7f\u009bz\u202e\x00.)"), std::string::npos) << line;
  EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1);
}

TEST(Logger, utf8_stays_readable_and_what_is_none_is_shown_byte_by_byte) {
  EXPECT_NE(on_stderr(LogFormat::text, {LogLevel::info, {}, "Grüße"}).find("Grüße"), std::string::npos);
  EXPECT_NE(on_stderr(LogFormat::text, {LogLevel::info, {}, "a\xff\xc3"}).find(R"(a\xff\xc3)"), std::string::npos);
}

TEST(Logger, json_lines_are_json_whatever_the_text_holds) {
  std::string const line =
      on_stderr(LogFormat::json, {LogLevel::error, kHello, std::string_view("say \"x\\y\"\t\xff\0.", 13)});
  EXPECT_NE(line.find(R"("level":"error")"), std::string::npos) << line;
  EXPECT_NE(line.find(R"("job":"0193c2a0-1b2c-7def-8a90-b1c2d3e4f506","kind":"HelloWorldJob","attempt":1)"),
            std::string::npos)
      << line;
  EXPECT_NE(line.find(R"("text":"say \"x\\y\"\u0009\ufffd\u0000."})"), std::string::npos) << line;
}

TEST(Logger, a_long_text_is_written_in_parts_that_the_kernel_keeps_whole) {
  std::string text;
  while (text.size() < 10'000) text += "ü\n";  // of two bytes each: no part may end inside one
  std::vector<std::string> const lines = lines_of(on_stderr(LogFormat::text, {LogLevel::info, kHello, text}));
  ASSERT_EQ(lines.size(), 4U);  // a line feed takes two bytes as \n
  std::string joined;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    EXPECT_LT(lines[i].size(), 4096U);
    std::string const part = " attempt=1 (" + std::to_string(i + 1) + "/4) ";
    auto const at = lines[i].find(part);
    ASSERT_NE(at, std::string::npos) << lines[i];
    joined += lines[i].substr(at + part.size());
  }
  EXPECT_EQ(joined, std::regex_replace(text, std::regex("\n"), "\\n"));
  // A character may be the last of its part; where that is depends on how many digits the pid has.
  EXPECT_NE(on_stderr(LogFormat::json, {LogLevel::info, {}, text}).find(R"("part":2,"parts":4,"text":")"),
            std::string::npos);
}

TEST(Logger, an_endless_text_is_cut_and_says_so) {
  std::string const said = on_stderr(LogFormat::text, {LogLevel::info, {}, std::string(1'000'000, 'x')});
  EXPECT_LT(said.size(), 300'000U);
  EXPECT_NE(said.find("... (cut, 1000000 bytes in all)"), std::string::npos);
}

struct Kept : LogSink {
  std::vector<std::string> lines;
  std::vector<std::string> jobs;
  void write(LogLine const& line) override {
    lines.emplace_back(line.text);
    jobs.emplace_back(line.job.text());
  }
};

TEST(Logger, below_its_level_nothing_is_formatted) {
  auto const kept = std::make_shared<Kept>();
  Logger const quiet(kept, LogLevel::warn);
  Logger(quiet).info("{}", "no");
  Logger(quiet).warn("{} {}", "yes", 1);
  Logger(Logger(kept, LogLevel::off)).error("no");
  EXPECT_EQ(kept->lines, std::vector<std::string>{"yes 1"});
}

TEST(Logger, any_logger_marks_the_lines_of_a_thread_that_works_for_a_job) {
  auto const kept = std::make_shared<Kept>();
  Logger log(kept);
  JobMark const other(JobId::make(), "Other", 2);
  log.info("before");
  {
    JobScope const scope(kHello);
    log.info("in it");
    log.for_job(other).info("told otherwise");
    std::thread([&] { log.info("a thread without the mark"); }).join();
    std::thread([&, job = current_job()] {
      JobScope const handed(job);
      log.info("a thread that was given it");
    }).join();
    {
      JobScope const inner(other);
      log.info("a job within it");
    }
    log.info("again");
  }
  log.info("after");
  std::string const hello(kHello.text()), told(other.text());
  EXPECT_EQ(kept->jobs, (std::vector<std::string>{"", hello, told, "", hello, told, hello, ""}));
  EXPECT_FALSE(current_job());
  EXPECT_TRUE(current_job().id().nil());
}

TEST(Logger, levels_are_read_by_name) {
  EXPECT_EQ(parse_log_level("warn"), LogLevel::warn);
  EXPECT_FALSE(parse_log_level("WARN"));
}

}  // namespace
}  // namespace kue
