// Completion in Debian's shells, the manual page under mandoc, and the guide beside the table of commands.

#include "fixture.hpp"
#include "terminal.hpp"

#include <fstream>
#include <set>
#include <sstream>

namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class ShellsTest : public ConsoleTest {
 protected:
  static constexpr std::string_view kName = "console_program";

  // The folder of the program is in the PATH, as for somebody who uses it.
  std::map<std::string, std::string> path() const {
    return {{"PATH", std::filesystem::path(CONSOLE_PROGRAM).parent_path().string() + ":" + ::getenv("PATH")},
            {"HOME", folder_.path()}};
  }
  // With the .zshrc of the test, as somebody at a prompt would see it.
  void expect_zsh_to_complete() const {
    Terminal terminal({"/usr/bin/zsh", "-i"}, {.directory = folder_.path(), .environment = path()});
    ASSERT_TRUE(terminal.shows("ready> ")) << terminal.screen();
    terminal.type("console_program store:mig\t--dry\t\n");
    EXPECT_TRUE(terminal.shows("would be made with schema")) << terminal.screen();
    terminal.type("exit\n");
    EXPECT_GE(terminal.wait(), 0);
  }
  Ran shell(std::vector<std::string> words) const {
    return run(words, {.directory = folder_.path(), .environment = path()});
  }
  std::string script(std::string const& name) const {
    std::string const file = "completion." + name;
    folder_.write(file, spark({"completion", name}).out);
    return folder_.path(file);
  }
  std::string bash(std::string const& line) const {
    std::string const text = "source " + script("bash") + "; COMP_LINE='" + line +
                             "'; COMP_POINT=" + std::to_string(line.size()) +
                             "; _console_program_complete 2> /dev/null; printf '%s\\n' \"${COMPREPLY[@]}\"";
    return shell({"/bin/bash", "--norc", "-c", text}).out;
  }
};

TEST_F(ShellsTest, bash_completes_commands_options_kinds_and_queues) {
  EXPECT_THAT(bash("console_program queue:"),
              AllOf(HasSubstr("worker\n"), HasSubstr("stats\n"), Not(HasSubstr("queue:worker"))))
      << "bash keeps what stands before the colon";
  EXPECT_THAT(bash("console_program ech"), HasSubstr("echo\n")) << "a command of the program's own";
  EXPECT_THAT(bash("console_program queue:worker --conc"), HasSubstr("--concurrency\n"));
  EXPECT_THAT(bash("console_program echo --gr"), HasSubstr("--greeting\n")) << "and its options";
  EXPECT_THAT(bash("console_program job:push Send"), HasSubstr("SendInvoice\n"));
  EXPECT_THAT(bash("console_program job:list --state disc"), HasSubstr("discarded\n"));
  EXPECT_THAT(bash("console_program queue:worker --log-level=de"), HasSubstr("debug\n"));
  push({"Greet", "--args", R"({"name":"x"})", "--queue", "mailbox"});
  EXPECT_THAT(bash("console_program job:list --queue mai"), HasSubstr("mailbox\n"));
  EXPECT_EQ(bash("console_program nonsense --x"), "\n");
  EXPECT_THAT(bash("console_program help queue:wor"), HasSubstr("worker\n"));
  EXPECT_EQ(bash("console_program completion --program x ba"), "bash\n") << "the argument, not the option's value";
  EXPECT_EQ(bash("console_program completion bash ba"), "\n") << "it takes one";
}

TEST_F(ShellsTest, bash_at_a_real_prompt) {
  folder_.write("rc", "PS1='ready> '\nbind 'set enable-bracketed-paste off'\nsource " + script("bash") + "\n");
  Terminal terminal({"/bin/bash", "--norc", "--rcfile", folder_.path("rc"), "-i"},
                    {.directory = folder_.path(), .environment = path()});
  terminal.type("source " + folder_.path("rc") + "\n");
  ASSERT_TRUE(terminal.shows("ready> ")) << terminal.screen();
  terminal.type("console_program store:mig\t--dry\t\n");
  EXPECT_TRUE(terminal.shows("would be made with schema")) << terminal.screen();
  EXPECT_THAT(terminal.screen(), HasSubstr("console_program store:migrate --dry-run"));
  terminal.type("exit\n");
  EXPECT_EQ(terminal.wait(), 0);
}

TEST_F(ShellsTest, zsh_at_a_real_prompt) {
  folder_.write(".zshrc", "PS1='ready> '\nautoload -Uz compinit && compinit -u -D\nsource " + script("zsh") + "\n");
  expect_zsh_to_complete();
}

TEST_F(ShellsTest, zsh_at_a_real_prompt_finds_it_by_itself) {
  std::filesystem::create_directory(folder_.path("functions"));
  std::filesystem::rename(script("zsh"), folder_.path("functions/_console_program"));
  folder_.write(".zshrc", "PS1='ready> '\nfpath=(" + folder_.path("functions") +
                              " $fpath)\nautoload -Uz compinit && compinit -u -D\n");
  expect_zsh_to_complete();
}

TEST_F(ShellsTest, fish_completes) {
  auto const fish = [&](std::string const& line) {
    return shell({"/usr/bin/fish", "--no-config", "-c", "source " + script("fish") + "; complete -C '" + line + "'"})
        .out;
  };
  EXPECT_THAT(fish("console_program store:mi"), HasSubstr("store:migrate\tupdates the store"));
  EXPECT_THAT(fish("console_program "), AllOf(HasSubstr("queue:worker\t"), HasSubstr("echo\t")));
  EXPECT_THAT(fish("console_program echo --gr"), HasSubstr("--greeting"));
  EXPECT_THAT(fish("console_program job:push Send"), HasSubstr("SendInvoice"));
}

TEST_F(ShellsTest, refuses_another_shell) {
  Ran const ran = spark({"completion", "bsh"});
  EXPECT_EQ(ran.code, 2);
  EXPECT_THAT(ran.err, HasSubstr("SHELL must be bash, zsh or fish, not 'bsh', did you mean bash?"));
}

TEST_F(ShellsTest, the_manual_page_has_no_fault) {
  Ran const page = spark({"manual"});
  ASSERT_EQ(page.code, 0) << page.err;
  folder_.write("page.1", page.out);
  Ran const lint = shell({"/usr/bin/mandoc", "-T", "lint", "-W", "warning", "page.1"});
  EXPECT_EQ(lint.code, 0) << lint.out << lint.err;
  std::string shown = shell({"/usr/bin/mandoc", "-T", "utf8", "-O", "width=200", "page.1"}).out;
  for (auto at = shown.find('\b'); at != shown.npos; at = shown.find('\b'))
    shown.erase(at - 1, 2);  // bold and underlined
  for (auto const* part : {"queue:worker", "concurrency", "SPARK_STORE_URL", "greeting", "EXIT STATUS"})
    EXPECT_THAT(shown, HasSubstr(part));
}

std::string read(std::string const& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

// The section of the guide whose heading names the command.
std::string section_of(std::string const& guide, std::string const& command) {
  for (auto at = guide.find("\n## "); at != guide.npos; at = guide.find("\n## ", at + 1)) {
    auto const end = guide.find('\n', at + 1), next = guide.find("\n## ", at + 1);
    if (guide.substr(at, end - at).find(command) != std::string::npos)
      return guide.substr(at, next == guide.npos ? guide.npos : next - at);
  }
  return "";
}

TEST_F(ShellsTest, the_guide_has_every_command_and_option) {
  std::string const guide = read(COMMANDS_GUIDE);
  auto const table = parse(spark({"help", "--json"}).out);
  std::set<std::string> common;
  for (auto const& command : table.at("commands").as_array()) {
    if (!command.at("builtin").as_bool()) continue;
    std::string const name = text_at(command, "/name"), section = section_of(guide, name);
    EXPECT_NE(section, "") << "no heading of docs/guide/commands.md names " << name;
    for (auto const& option : command.at("options").as_array()) {
      std::string const longest = text_at(option, "/names/" + std::to_string(option.at("names").as_array().size() - 1));
      if (option.at("common").as_bool())
        common.insert(longest);
      else
        EXPECT_THAT(section, HasSubstr(longest)) << "of " << name;
    }
  }
  for (std::string const& name : common)
    EXPECT_THAT(section_of(guide, "Options of every command"), HasSubstr(name == "--colour" ? "--color" : name));
}

}  // namespace
