// The forms of an answer: tables and colours on a terminal, tabs in a pipe, JSON, and pipes that nobody reads.

#include "fixture.hpp"
#include "terminal.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <sstream>

namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class OutputTest : public ConsoleTest {
 protected:
  std::string on_terminal(std::vector<std::string> words, std::map<std::string, std::string> environment = {},
                          Terminal::Size size = {}) const {
    words.insert(words.begin(), CONSOLE_PROGRAM);
    Terminal terminal(words, {.directory = folder_.path(), .environment = std::move(environment)}, size);
    EXPECT_EQ(terminal.wait(), 0) << terminal.screen();
    return terminal.screen();
  }
};

std::vector<std::string> lines_of(std::string const& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

TEST_F(OutputTest, is_a_table_on_a_terminal_and_tabs_in_a_pipe) {
  push({"Greet", "--args", R"({"name":"x"})"});
  std::string const table = on_terminal({"queue:stats", "--color", "never"});
  EXPECT_THAT(table, StartsWith("QUEUE    AVAILABLE  RUNNING  "));
  EXPECT_THAT(table, HasSubstr("\ndefault          1        0 "));
  EXPECT_THAT(table, HasSubstr("in sqlite:" + folder_.path("spark.db")));
  EXPECT_EQ(spark({"queue:stats"}).out, "default\t1\t0\t0\t0\t0\t0\t0\t0\n");
}

TEST_F(OutputTest, plain_rows_hold_whole_values) {
  std::string const name(100, 'n');
  std::string const id = push({"Greet", "--args", "{\"name\":\"" + name + "\"}"});
  std::string const row = spark({"job:list"}).out;
  EXPECT_THAT(row, StartsWith(id + "\tavailable\tGreet\tdefault\t0/25\t20"));
  EXPECT_THAT(row, HasSubstr("Z\t{\"name\":\"" + name + "\"}\n"));
  EXPECT_EQ(lines_of(row).size(), 1u);
  EXPECT_EQ(spark({"job:list", "--state", "discarded"}).out, "");
}

TEST_F(OutputTest, one_document_a_line_with_jsonl) {
  for (int i = 0; i < 3; ++i) push({"Greet", "--args", "{\"name\":\"" + std::to_string(i) + "\"}"});
  auto const lines = lines_of(spark({"job:list", "--jsonl"}).out);
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(text_at(parse(lines.at(0)), "/args/name"), "2");
  Ran const paged = spark({"job:list", "--jsonl", "--limit", "2"});
  EXPECT_EQ(lines_of(paged.out).size(), 2u);
  EXPECT_THAT(paged.err, HasSubstr("there are more: add --cursor"));
  EXPECT_EQ(number_at(parse(spark({"job:list", "--jsonl", "--nonsense"}).out), "/error/exit_code"), 2);
  EXPECT_THAT(spark({"job:list", "--json", "--jsonl"}).out, HasSubstr("exclude one another"));
  EXPECT_THAT(spark({"store:check", "--jsonl"}).out, HasSubstr("unknown option --jsonl, did you mean --json?"));
}

TEST_F(OutputTest, colours_are_for_terminals_that_want_them) {
  push({"Greet", "--args", R"({"name":"x"})"});
  EXPECT_THAT(on_terminal({"job:list"}), HasSubstr("\x1b[34mavailable\x1b[0m"));
  EXPECT_THAT(on_terminal({"job:list"}, {{"NO_COLOR", "1"}}), Not(HasSubstr("\x1b")));
  EXPECT_THAT(on_terminal({"job:list"}, {{"NO_COLOR", ""}}), HasSubstr("\x1b[34m"));
  EXPECT_THAT(on_terminal({"job:list"}, {{"TERM", "dumb"}}), Not(HasSubstr("\x1b")));
  EXPECT_THAT(on_terminal({"job:list", "--color", "never"}), Not(HasSubstr("\x1b")));
  EXPECT_THAT(on_terminal({"job:list", "--color", "always"}, {{"NO_COLOR", "1"}}), HasSubstr("\x1b[34m"));
  EXPECT_THAT(spark({"job:list"}).out, Not(HasSubstr("\x1b")));
  Ran const forced = spark({"job:list", "--color=always"});
  EXPECT_THAT(forced.out, HasSubstr("\x1b[34mavailable\x1b[0m")) << "for less -R";
  EXPECT_THAT(forced.out, HasSubstr("STATE"));
  Ran const wrong = spark({"job:list", "--color", "sometimes"});
  EXPECT_EQ(wrong.code, 2);
  EXPECT_THAT(wrong.err, HasSubstr("--color must be auto, always or never, not 'sometimes'"));
}

TEST_F(OutputTest, a_table_ends_where_the_terminal_ends) {
  push({"Greet", "--args", "{\"name\":\"" + std::string(100, 'n') + "\"}"});
  for (std::string const& line :
       lines_of(on_terminal({"job:list", "--color", "never"}, {}, {.columns = 104, .rows = 40})))
    EXPECT_LE(line.size(), 104u) << line;
}

// No line of a help or a table is wider than a terminal of 80 columns, and every number is there.
TEST_F(OutputTest, fits_eighty_columns) {
  auto const narrow = [&](std::vector<std::string> const& words) {
    std::string const screen = on_terminal(words, {{"TERM", "dumb"}}, {.columns = 80, .rows = 50});
    for (std::string const& line : lines_of(screen)) {
      EXPECT_TRUE(line.size() <= 80 || line.starts_with("in sqlite:")) << line;  // a path is whole
    }
    return screen;
  };
  auto const commands = parse(spark({"help", "--json"}).out);
  for (auto const& command : commands.at("commands").as_array()) narrow({text_at(command, "/name"), "--help"});
  narrow({"help"});
  push_many(12345, "a-queue-with-quite-a-long-name");
  push({"Greet", "--args", "{\"name\":\"" + std::string(100, 'n') + "\"}"});
  std::string const stats = narrow({"queue:stats"});
  EXPECT_THAT(stats, HasSubstr("CANC"));
  EXPECT_THAT(stats, HasSubstr("  12345    0 "));
  EXPECT_THAT(narrow({"job:list"}), HasSubstr("  available  "));
  for (auto const* name : {"queue:list", "store:info", "config:show"}) narrow({name});
  narrow({"config:show", "--origin"});
  narrow({"store:prune", "--dry-run"});
  narrow({"doctor"});
}

TEST_F(OutputTest, errors_end_with_what_to_do) {
  Ran const unknown = spark({"job:list", "--limti", "3"});
  EXPECT_EQ(unknown.err, "error: unknown option --limti, did you mean --limit?\nhint: console_program job:list --help "
                         "shows what it takes\n");
  auto const json = parse(spark({"job:list", "--limti", "3", "--json"}).out);
  EXPECT_EQ(text_at(json, "/error/hint"), "console_program job:list --help shows what it takes");
  Ran const space = spark({"job"});
  EXPECT_THAT(space.err, HasSubstr("no command 'job'; there are job:push, "));
  Ran const configured = spark({"queue:stats"}, {{"SPARK_LOG_LEVEL", "loud"}});
  EXPECT_THAT(configured.err, Not(HasSubstr("--help")));
}

// A program whose standard error (or output) is a pipe that nobody reads.
Ran with_closed_pipe(std::vector<std::string> const& words, int descriptor, Program::Options options) {
  options.closed_pipe = descriptor;
  return run(words, options);
}

TEST_F(OutputTest, a_closed_error_pipe_ends_no_command) {
  EXPECT_EQ(with_closed_pipe({CONSOLE_PROGRAM, "queue:wroker"}, STDERR_FILENO, {.directory = folder_.path()}).code, 2);
  EXPECT_EQ(with_closed_pipe({CONSOLE_PROGRAM, "open"}, STDERR_FILENO, {.directory = folder_.path()}).code, 0)
      << "it logs which store it opened";
  EXPECT_EQ(with_closed_pipe({CONSOLE_PROGRAM, "help"}, STDOUT_FILENO, {.directory = folder_.path()}).code, 0);
}

TEST_F(OutputTest, a_worker_goes_on_when_its_log_pipe_is_closed) {
  std::string const greeted = push({"Greet", "--args", R"({"name":"x"})"}), printed = push({"Print"});
  for (auto const* concurrency : {"1", "0"}) {
    Ran const worked = with_closed_pipe({CONSOLE_PROGRAM, "queue:worker", "-c", concurrency, "--stop-when-empty"},
                                        STDERR_FILENO, {.directory = folder_.path()});
    EXPECT_EQ(worked.code, 0) << concurrency;
  }
  for (std::string const& id : {greeted, printed}) {
    auto const job = parse(spark({"job:show", id, "--json"}).out);
    EXPECT_EQ(text_at(job, "/job/state"), "completed");
    EXPECT_EQ(number_at(job, "/job/crashes"), 0);
  }
}

}  // namespace
