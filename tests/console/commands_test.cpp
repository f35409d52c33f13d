// Words, help, errors and exit codes; the commands of a program's own.

#include "fixture.hpp"

#include <unistd.h>

#include <cstdlib>

namespace {

using testing::HasSubstr;
using testing::Not;

TEST_F(ConsoleTest, lists_its_commands_and_the_programs_own) {
  Ran const help = spark({"help"});
  EXPECT_EQ(help.code, 0);
  for (auto const* name : {"queue:worker", "queue:stats", "job:push", "job:list", "job:show", "job:retry", "job:cancel",
                           "store:check", "help", "version", "echo"}) {
    EXPECT_THAT(help.out, HasSubstr(std::string("  ") + name + " "));
  }
  EXPECT_EQ(spark({"--help"}).out, help.out);
  Ran const nothing = spark({});
  EXPECT_EQ(nothing.code, 2);
  EXPECT_EQ(nothing.out, help.out);
  auto const json = parse(spark({"help", "--json"}).out);
  EXPECT_EQ(text_at(json, "/commands/0/name"), "echo");
}

TEST_F(ConsoleTest, explains_each_command) {
  for (auto const* name :
       {"queue:worker", "queue:stats", "job:push", "job:list", "job:show", "job:retry", "job:cancel", "store:check"}) {
    Ran const help = spark({name, "--help"});
    EXPECT_EQ(help.code, 0) << name;
    EXPECT_EQ(help.err, "") << name;
    for (auto const* part : {"Usage:", "--json", "--store URL", "Example"})
      EXPECT_THAT(help.out, HasSubstr(part)) << name;
    EXPECT_EQ(spark({"help", name}).out, help.out);
  }
  EXPECT_THAT(spark({"queue:worker", "--help"}).out, HasSubstr("  -c, --concurrency N "));
  EXPECT_THAT(spark({"queue:worker", "--help"}).out, HasSubstr("\n  console_program queue:worker -c 4\n"));
  EXPECT_THAT(spark({"echo", "--help"}).out, HasSubstr("--pause TIME"));
  EXPECT_THAT(spark({"echo", "--help"}).out, HasSubstr("--level N               no number if not given (1 to 3)\n"));
}

TEST_F(ConsoleTest, prints_its_version) {
  EXPECT_THAT(spark({"version"}).out,
              testing::MatchesRegex("spark [0-9]+\\.[0-9]+\\.[0-9]+\nstores: sqlite \\(SQLite [0-9.]+\\), memory\n"));
  EXPECT_EQ(spark({"--version"}).out, spark({"version"}).out);
  auto const version = parse(spark({"version", "--json"}).out);
  EXPECT_THAT(text_at(version, "/spark"), testing::MatchesRegex("[0-9.]+"));
  EXPECT_EQ(text_at(version, "/stores/0/scheme"), "sqlite");
  EXPECT_THAT(text_at(version, "/stores/0/version"), testing::MatchesRegex("SQLite [0-9.]+"));
  EXPECT_EQ(text_at(version, "/stores/1/scheme"), "memory");
}

TEST_F(ConsoleTest, suggests_a_command) {
  Ran const ran = spark({"queue:wroker", "-c", "4"});
  EXPECT_EQ(ran.code, 2);
  EXPECT_EQ(ran.out, "");
  EXPECT_THAT(ran.err, HasSubstr("error: no command 'queue:wroker', did you mean queue:worker?"));
  EXPECT_THAT(spark({"-c", "4"}).err, HasSubstr("the command comes first"));
}

TEST_F(ConsoleTest, refuses_wrong_options) {
  Ran const unknown = spark({"queue:stats", "--jsn"});
  EXPECT_EQ(unknown.code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("unknown option --jsn, did you mean --json?"));
  EXPECT_THAT(spark({"queue:stats", "more"}).err, HasSubstr("unexpected argument 'more'"));
  EXPECT_THAT(spark({"job:list", "--limit", "many"}).err,
              HasSubstr("--limit must be a whole number from 1 to 1000, not 'many'"));
  EXPECT_THAT(spark({"job:list", "--limit"}).err, HasSubstr("--limit needs a value"));
  EXPECT_THAT(spark({"job:list", "--limit="}).err, HasSubstr("--limit needs a value"));
  EXPECT_THAT(spark({"job:list", "--limit", "1", "--limit", "2"}).err, HasSubstr("--limit is given 2 times"));
  EXPECT_THAT(spark({"job:list", "--limit", "0"}).err,
              HasSubstr("--limit must be a whole number from 1 to 1000, not '0'"));
  EXPECT_THAT(spark({"job:show"}).err, HasSubstr("missing argument ID"));
  EXPECT_THAT(spark({"queue:worker", "--stop-timeout", "25"}).err,
              HasSubstr("--stop-timeout must be a duration such as 500ms, 25s or 5m, not '25'"));
}

TEST_F(ConsoleTest, errors_are_a_document_too) {
  Ran const ran = spark({"job:show", "0193c2a0-1b2c-7def-8a90-b1c2d3e4f506", "--json", "--store", "sqlite:none.db"});
  EXPECT_EQ(ran.code, 4);
  EXPECT_EQ(ran.err, "");
  auto const json = parse(ran.out);
  EXPECT_EQ(text_at(json, "/error/kind"), "unavailable");
  EXPECT_EQ(number_at(json, "/error/exit_code"), 4);
  EXPECT_THAT(text_at(json, "/error/message"), HasSubstr("there is no store at " + folder_.path("none.db")));
  EXPECT_EQ(number_at(parse(spark({"job:list", "--nonsense", "--json"}).out), "/error/exit_code"), 2);
}

TEST_F(ConsoleTest, looking_makes_no_file) {
  EXPECT_EQ(spark({"job:list"}).code, 4);
  EXPECT_FALSE(std::filesystem::exists(folder_.path("spark.db")));
}

TEST_F(ConsoleTest, says_all_that_is_wrong_with_the_configuration) {
  folder_.write("spark.toml", "[worker]\nconcurency = 4\n[log]\nlevel = 3\n");
  Ran const ran = spark({"queue:stats"});
  EXPECT_EQ(ran.code, 2);
  EXPECT_THAT(ran.err,
              HasSubstr(folder_.path("spark.toml") + ":2: unknown key 'worker.concurency', did you mean concurrency?"));
  EXPECT_THAT(ran.err, HasSubstr(folder_.path("spark.toml") + ":4: log.level must be"));
  EXPECT_EQ(spark({"help"}).code, 0) << "help works all the same";
}

TEST_F(ConsoleTest, never_prints_a_password) {
  Ran const ran = spark({"queue:stats", "--store", "redis://me:hunter2@127.0.0.1:1/0"});
  EXPECT_NE(ran.code, 0);
  EXPECT_THAT(ran.err + ran.out, Not(HasSubstr("hunter2")));
  Ran const from_environment = spark({"queue:stats"}, {{"SPARK_STORE_URL", "hunter2"}});
  EXPECT_EQ(from_environment.code, 2);
  EXPECT_THAT(from_environment.err + from_environment.out, Not(HasSubstr("hunter2")));
}

TEST_F(ConsoleTest, hands_a_command_of_its_own_what_it_asked_for) {
  EXPECT_EQ(spark({"echo", "John Doe"}).out, "1 0 hello -  0 John Doe -1\n");
  EXPECT_EQ(spark({"echo", "-t3", "--pause=5m", "--greeting", "hi", "--maybe", "yes", "--tag", "a", "--tag", "b",
                   "--loud", "--", "-x"})
                .out,
            "3 300000 hi yes ,a,b 1 -x -1\n");
  EXPECT_THAT(spark({"echo", "x", "--tims", "3"}).err, HasSubstr("unknown option --tims, did you mean --times?"));
  EXPECT_EQ(spark({"rest", "a", "[b,c]", "--", "--d", "--"}).out, "<a><[b,c]><--d><-->");
  EXPECT_EQ(spark({"echo", "x", "--greeting", "--times="}).out, "1 0 --times= -  0 x -1\n") << "a value, no option";
  EXPECT_EQ(spark({"echo", "x", "--greeting", "--", "--times="}).code, 2) << "here -- is the value";
  EXPECT_EQ(spark({"echo", "x", "--greeting", "[a,b]", "--tag", "[c,d]"}).out, "1 0 [a,b] - ,[c,d] 0 x -1\n");
  EXPECT_THAT(spark({"rest", "a", "--b"}).err, HasSubstr("unknown option --b"));
  EXPECT_EQ(spark({"echo", "x", "--times", "-5"}).out, "-5 0 hello -  0 x -1\n");
}

TEST_F(ConsoleTest, turns_what_a_command_throws_into_an_exit_code) {
  EXPECT_EQ(spark({"seven"}).code, 7);
  EXPECT_EQ(spark({"throw:nothing"}).err, "error: it failed, and does not say why\n");
  EXPECT_EQ(spark({"many"}).code, 1) << "the system keeps eight bits of it";
  Ran const thrown = spark({"throw:error"});
  EXPECT_EQ(thrown.code, 1);
  EXPECT_EQ(thrown.err, "error: on \\x1b[31mpurpose\n");
  EXPECT_EQ(spark({"throw:missing"}).code, 3);
}

TEST_F(ConsoleTest, takes_several_arguments_in_order) {
  EXPECT_EQ(spark({"copy:file", "here", "there"}).out, "here -> there -\n");
  EXPECT_EQ(spark({"copy:file", "here", "there", "fast"}).out, "here -> there fast\n");
  EXPECT_EQ(spark({"copy:file", "here", "--store", "sqlite:x.db", "there"}).out, "here -> there -\n");
  Ran const one = spark({"copy:file", "here"});
  EXPECT_EQ(one.code, 2);
  EXPECT_EQ(one.err,
            "error: missing argument TO (where to)\nhint: console_program copy:file --help shows what it takes\n");
  EXPECT_THAT(spark({"copy:file", "a", "b", "c", "d"}).err, HasSubstr("unexpected argument 'd'"));
  Ran const help = spark({"copy:file", "--help"});
  EXPECT_THAT(help.out, HasSubstr("Usage: console_program copy:file [OPTIONS] FROM TO [MODE]\n"));
  EXPECT_THAT(help.out, HasSubstr("\n  FROM                        what\n"));
  auto const all = parse(spark({"help", "--json"}).out);
  EXPECT_EQ(text_at(all, "/commands/1/arguments/1"), "TO");
}

TEST_F(ConsoleTest, checks_values_before_the_action_runs) {
  std::string const hint = "\nhint: console_program echo --help shows what it takes\n";
  auto const error = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {"echo", "x"});
    Ran const ran = spark(words);
    EXPECT_EQ(ran.code, 2);
    EXPECT_EQ(ran.out, "");
    EXPECT_THAT(ran.err, testing::EndsWith(hint));
    return ran.err.substr(0, ran.err.find('\n'));
  };
  EXPECT_EQ(error({"--level", "4"}), "error: --level must be a whole number from 1 to 3, not '4'");
  EXPECT_EQ(error({"--times", "3x"}), "error: --times must be a whole number, not '3x'");
  EXPECT_EQ(error({"--times", "9999999999"}), "error: --times must be a whole number, not '9999999999'");
  EXPECT_EQ(error({"--pause", "1d"}), "error: --pause must be 0s to 10m, not 1d");
  EXPECT_EQ(error({"--greeting", ""}), "error: --greeting needs a value, and an empty one was given");
  EXPECT_EQ(error({"--greeting="}), "error: --greeting needs a value, and an empty one was given");
  EXPECT_EQ(error({"--tag", ""}), "error: --tag needs a value, and an empty one was given");
  EXPECT_EQ(error({"--loud=false"}), "error: --loud takes no value");
  EXPECT_EQ(error({"--store", "nowhere"}), "error: --store must be a URL such as sqlite:spark.db");
  EXPECT_EQ(error({"--log-level", "loud"}), "error: --log-level must be debug, info, warn, error or off, not 'loud'");
  EXPECT_EQ(spark({"echo", "x", "--maybe", ""}).out, "1 0 hello   0 x -1\n") << "declared so";
  EXPECT_EQ(spark({"echo", "x", "--level", "3"}).out, "1 0 hello -  0 x 3\n");
}

// Those that are understood only by the command itself.
TEST_F(ConsoleTest, gives_every_wrong_value_the_same_hint) {
  for (auto const& words : std::vector<std::vector<std::string>>{{"job:list", "--limit", "x"},
                                                                 {"job:list", "--states", "foo"},
                                                                 {"job:list", "--state", "foo"},
                                                                 {"job:list", "--state", ""},
                                                                 {"job:list", "--after", "soon"},
                                                                 {"job:list", "--all", "--limit", "3"},
                                                                 {"job:push", "Greet", "--at", "soon"},
                                                                 {"queue:stats", "--watch", "--interval", "1ms"},
                                                                 {"queue:worker", "--queues", "a,,b"},
                                                                 {"queue:worker", "--queues", ""}}) {
    Ran const ran = spark(words);
    EXPECT_EQ(ran.code, 2) << words.back();
    EXPECT_THAT(ran.err, HasSubstr("\nhint: console_program " + words.front() + " --help shows what it takes\n"));
  }
}

TEST_F(ConsoleTest, a_command_that_asks_for_what_it_did_not_declare_is_told) {
  Ran const name = spark({"asks"});
  EXPECT_EQ(name.code, 70);
  EXPECT_THAT(name.err,
              testing::MatchesRegex("error: the command asks \\(declared at console_program.cpp:[0-9]+\\) asks "
                                    "for --loud, which it does not declare\n"));
  EXPECT_THAT(spark({"asks:type"}).err, HasSubstr("asks for --times as a text, and declares it otherwise"));
}

TEST_F(ConsoleTest, a_wrong_declaration_ends_the_program_at_its_start) {
  auto const error = [&](std::string const& mode) {
    Ran const ran = with_mode(mode, {"help"});
    EXPECT_EQ(ran.code, 2) << mode;
    EXPECT_EQ(ran.out, "") << mode;
    return ran.err;
  };
  EXPECT_THAT(
      error("doctor"),
      testing::MatchesRegex("error: command 'doctor' \\(declared at console_program.cpp:[0-9]+\\): there is one of "
                            "that name already \\(built in\\)\n"));
  EXPECT_THAT(error("echo"),
              testing::MatchesRegex(".*'echo' \\(declared at console_program.cpp:[0-9]+\\): there is one of that name "
                                    "already \\(declared at console_program.cpp:[0-9]+\\)\n"));
  EXPECT_THAT(error("no run"), HasSubstr("it does nothing; end it with .run(...)"));
  EXPECT_THAT(error("name"), HasSubstr("command 'two words' (declared at console_program.cpp:"));
  EXPECT_THAT(error("common"), HasSubstr("--store is declared twice, or is an option of every command"));
  EXPECT_THAT(error("twice"), HasSubstr("-n is declared twice"));
  EXPECT_THAT(error("dashes"), HasSubstr("'now' is no name of an option"));
  EXPECT_THAT(error("rest"), HasSubstr("TO cannot come behind FROM..., which takes all the rest"));
  EXPECT_THAT(error("range"), HasSubstr("--to cannot have a range of numbers"));
  EXPECT_THAT(error("reversed"), HasSubstr("-n cannot be from 9 to 1"));
  EXPECT_THAT(error("default"), HasSubstr("the default 500 of -n is not from 1 to 100"));
  EXPECT_THAT(error("choice"), HasSubstr("the default 'gif' of --as is none of its choices"));
  EXPECT_THAT(error("argument"), HasSubstr("'--from' is no name of an argument"));
  EXPECT_THAT(error("negative"), HasSubstr("the default of --for T is a negative duration"));
  EXPECT_EQ(error("kinds"), "error: the job classes 'Twin' and 'OtherTwin' have the same kind 'twin'; give one of them "
                            "another `kind`\n");
  EXPECT_EQ(error("again"), "error: the job class 'Greet' is registered twice\n");
}

TEST_F(ConsoleTest, explains_a_command_without_running_it) {
  EXPECT_THAT(spark({"writes", "--help"}).out, HasSubstr("--loud"));
  EXPECT_EQ(spark({"help", "writes"}).code, 0);
  EXPECT_EQ(spark({"help", "--json"}).code, 0);
  EXPECT_EQ(spark({"completion:words", "writes", "--"}).code, 0);
  EXPECT_FALSE(std::filesystem::exists(folder_.path("written")));
  EXPECT_EQ(spark({"writes"}).code, 0);
  EXPECT_TRUE(std::filesystem::exists(folder_.path("written")));
}

TEST_F(ConsoleTest, a_server_says_which_file_it_opened) {
  EXPECT_THAT(spark({"open"}).err, HasSubstr("store sqlite:" + folder_.path("spark.db")));
  EXPECT_THAT(spark({"open", "--store", "sqlite:other.db"}).err, HasSubstr("store sqlite:" + folder_.path("other.db")));
}

TEST_F(ConsoleTest, survives_a_reader_that_leaves_and_a_full_disk) {
  std::string const command =
      std::string("cd '") + folder_.path() + "' && { '" CONSOLE_PROGRAM "' help; echo $? > code; } | true";
  ASSERT_EQ(std::system(command.c_str()), 0);
  Ran const code = run({"/bin/cat", "code"}, {.directory = folder_.path()});
  EXPECT_EQ(code.out, "0\n");
  Program full({CONSOLE_PROGRAM, "help"}, {.directory = folder_.path(), .output = "/dev/full"});
  EXPECT_EQ(full.wait(), 4);
  EXPECT_THAT(full.err(), HasSubstr("cannot write to standard output: No space left on device"));
}

}  // namespace
