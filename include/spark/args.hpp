#pragma once
// Args: options and arguments of a command of your own.
//
//   app.command("server", "serves the page", [&](spark::Args& args) {
//     int port = args.option("-p,--port N", 8080, "port to listen on");
//     args.done();                              // refuses what was not asked for; prints help and ends for --help
//     return serve(app, port);
//   });
//
// A name is "--port", or "-p,--port"; a word after it says in the help what the value is. Ask for options first, then
// for arguments, then call done(). A value of the wrong type, a missing one or an unknown option ends the command with
// exit code 2 and a sentence with a suggestion. Used by one thread, inside the command.

#include <kue/clock.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spark {

class Args {
 public:
  struct Impl;
  explicit Args(std::unique_ptr<Impl> impl);
  Args(Args const&) = delete;
  ~Args();

  int option(std::string_view name, int fallback, std::string_view help);
  std::string option(std::string_view name, std::string_view fallback, std::string_view help);
  kue::Millis option(std::string_view name, kue::Millis fallback, std::string_view help);  // 500ms, 25s, 5m, 2h, 1d
  std::optional<std::string> option(std::string_view name, std::string_view help);         // nothing if not given
  std::vector<std::string> options(std::string_view name, std::string_view help);          // may be given several times
  bool flag(std::string_view name, std::string_view help);

  std::string argument(std::string_view name, std::string_view help);                // required; in order
  std::vector<std::string> arguments(std::string_view name, std::string_view help);  // all the rest, one at least
  std::vector<std::string> optional_arguments(std::string_view name,
                                              std::string_view help);  // all the rest, perhaps none
  void done();

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace spark
