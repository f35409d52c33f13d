#pragma once
// Console: finds the command that the words name, runs it, and turns what it throws into a sentence and an exit code.

#include "spark/console/command.hpp"
#include "spark/console/command_help.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace spark {

struct Overrides;

struct Listed {
  std::string name, summary;
  bool builtin = true;
};

class Console {
 public:
  explicit Console(Application& app);
  void add(Command command) { commands_.push_back(std::move(command)); }
  int run(int argc, char** argv);

  // For commands
  std::string const& program() const { return program_; }
  std::vector<Listed> list() const;            // in the order of `help`
  CommandHelp explain(std::string_view name);  // what it takes; throws Error(invalid) for a command that is none
  std::vector<std::string> kinds() const;      // of the program's job classes
  bool configured_by_program() const;          // it called app.configure(...)
  Overrides const& overrides() const;          // what flags say over file and environment
  bool has_own_queue() const;                  // the program replaced the service
  bool has_own_store() const;
  bool store_named() const;                  // by --store
  void refuse_store_with_own_queue() const;  // --store would be ignored: Error(invalid)
  std::vector<std::function<void(kue::Worker&)>> const& worker_setups() const;

 private:
  int dispatch(std::vector<std::string> const& words);
  int run_builtin(Command const& command, std::vector<std::string> const& words);
  int run_own(std::size_t index, std::vector<std::string> const& words);
  CommandHelp explain_own(std::size_t index);
  int answer_shell(std::vector<std::string> const& words);
  Args args_of(Command const& command, std::vector<std::string> const& words);
  int usage(std::vector<std::string> const& words);
  enum class Reads { nothing, flags, flags_and_config };  // nothing: the options are only declared, for help
  void take_common_options(Args& args, Reads reads);
  Style take_form(Args& args, Command const& command);
  void read_config();
  [[noreturn]] void refuse_unknown(std::string const& name) const;
  void adapt_logger();
  int report(std::string_view kind, std::string_view text, int code);
  int end_with_error(std::string const& kind, std::string text, int code);

  Application& app_;
  std::string program_;
  std::vector<Command> commands_;
  Output out_;
  Style style_;
  bool json_ = false;  // errors too are a document
  bool builtin_ = true;
  std::string asking_;  // the command whose words are being read: a wrong one is explained by its --help
};

}  // namespace spark
