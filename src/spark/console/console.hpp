#pragma once
// Console: finds the command that the words name, runs it, and turns what it throws into a sentence and an exit code.

#include "spark/console/command.hpp"

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
  void add(Builtin command) { builtins_.push_back(std::move(command)); }
  int run(int argc, char** argv);

  // For commands
  std::string const& program() const { return program_; }
  std::vector<Listed> list() const;                  // in the order of `help`
  Declaration explain(std::string_view name) const;  // options of every command too; Error(invalid): no such command
  std::vector<std::string> kinds() const;            // of the program's job classes
  bool configured_by_program() const;                // it called app.configure(...)
  Overrides const& overrides() const;                // what flags say over file and environment
  bool has_own_queue() const;                        // the program replaced the service
  bool has_own_store() const;
  bool store_named() const;                  // by --store
  void refuse_store_with_own_queue() const;  // --store would be ignored: Error(invalid)
  std::vector<std::function<void(kue::Worker&)>> const& worker_setups() const;

 private:
  int dispatch(std::vector<std::string> const& words);
  int run_builtin(Builtin const& command, std::vector<std::string> const& words);
  int run_own(Command const& command, std::vector<std::string> const& words);
  int answer_shell(std::vector<std::string> const& words);
  void apply_common_options(Args const& args);
  Style form_of(Args const& args, Builtin const& command) const;
  void refuse_faults() const;
  void read_config();
  [[noreturn]] void refuse_unknown(std::string const& name) const;
  void adapt_logger();
  int report(std::string_view kind, std::string_view text, int code);

  Application& app_;
  std::string program_;
  std::vector<Builtin> builtins_;
  Output out_;
  Style style_;
  bool json_ = false;  // errors too are a document
  bool builtin_ = true;
  std::string running_;  // the command's name
};

}  // namespace spark
