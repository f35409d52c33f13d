#pragma once
// Command: a command of your own. It is declared once, before run():
//
//   app.command("copy", "copies a file")
//       .argument("FROM", "the file")
//       .argument("TO", "its new place")
//       .option("-n,--times N", 1, "how many copies to make")
//       .between(1, 100)
//       .flag("--force", "overwrite a file that is there")
//       .run([](spark::Args const& args) { return copy(args.text("FROM"), args.text("TO"), args.number("--times")); });
//
// --help, completion and the manual page are made from the declaration; nothing of the command runs for them. The name
// is one word or words with colons: "server", "mail:test". An option's name is "--port", or "-p,--port"; a word after
// it says in the help what the value is. Arguments come in the order of their declaration. A value of the wrong type,
// an empty or missing one and an unknown option end the command with exit code 2 before its action is called. A faulty
// declaration, and a name that is taken, end the program in run(), with exit code 2 and the line of the declaration.

#include <spark/args.hpp>

#include <concepts>
#include <functional>
#include <initializer_list>
#include <memory>
#include <source_location>
#include <string>
#include <string_view>

namespace spark {

struct Declaration;
struct Parameter;

class Command {
 public:
  Command(std::string name, std::string summary, std::source_location where = std::source_location::current());

  Command& argument(std::string_view name, std::string_view help);            // required
  Command& optional_argument(std::string_view name, std::string_view help);   // behind the required ones
  Command& arguments(std::string_view name, std::string_view help);           // all the rest, one at least
  Command& optional_arguments(std::string_view name, std::string_view help);  // all the rest, perhaps none

  Command& option(std::string_view name, int fallback, std::string_view help);
  template <std::floating_point F> Command& option(std::string_view, F, std::string_view) = delete;  // would be cut
  Command& option(std::string_view name, kue::Millis fallback, std::string_view help);  // 500ms, 25s, 5m, 2h, 1d
  Command& option(std::string_view name, std::string_view fallback, std::string_view help);
  // Without a fallback, of type int, kue::Millis or std::string: ask with args.given() or args.optional_number().
  template <class T = std::string> Command& option(std::string_view name, std::string_view help);
  Command& options(std::string_view name, std::string_view help);  // texts, may be given several times
  Command& flag(std::string_view name, std::string_view help);

  // About the option or argument that was declared last.
  Command& between(int least, int most);
  Command& between(kue::Millis least, kue::Millis most);
  Command& one_of(std::initializer_list<std::string_view> choices);
  Command& may_be_empty();

  // Paragraphs, a line each, and examples, indented by two blanks: shown below the options.
  Command& details(std::string text);
  // The end of a declaration. The action returns the exit code.
  void run(std::function<int(Args const&)> action);

  Declaration const& declaration() const { return *declared_; }

 private:
  Command& add(Parameter parameter);

  std::shared_ptr<Declaration> declared_;  // a copy is the same command
};

}  // namespace spark
