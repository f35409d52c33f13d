#pragma once
// CommandHelp: what a command takes, as its action asked for it. --help, the manual page, completion and `help --json`
// are made from this one description; a test compares it with docs/guide/commands.md.

#include <string>
#include <string_view>
#include <vector>

namespace spark {

struct OptionHelp {
  std::string names;  // "-c,--concurrency"
  std::string value;  // "N"; empty: a flag
  std::string help;
  std::string fallback;  // shown as the default; may be empty

  std::vector<std::string> all_names() const;
  bool common() const;  // every command has it
};

struct ArgumentHelp {
  std::string name;  // "ID..."
  std::string help;
};

struct CommandHelp {
  std::string program;  // "hello"
  std::string name;     // "queue:worker"
  std::string summary;  // one line, as in the list of commands
  std::string details;  // paragraphs and examples below the options; may be empty
  std::vector<OptionHelp> options;
  std::vector<ArgumentHelp> arguments;
  bool complete = true;  // false: the command never said what it takes

  std::string usage() const;  // "hello job:show [OPTIONS] ID"
  std::string text() const;   // --help
};

}  // namespace spark
