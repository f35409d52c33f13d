#pragma once
// Args: options and arguments of a command of your own.
//
//   app.command("server", "serves the page", [&](spark::Args& args) {
//     int port = args.option("--port", 8080, "port to listen on");
//     args.done();                              // refuses what was not asked for; prints help and ends for --help
//     return serve(app, port);
//   });
//
// A value of the wrong type or an unknown option ends the command with exit code 2 and a message with a suggestion.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace spark {

class Args {
 public:
  struct Impl;
  explicit Args(std::unique_ptr<Impl> impl);
  ~Args();

  int option(std::string_view name, int fallback, std::string_view help);
  std::string option(std::string_view name, std::string_view fallback, std::string_view help);
  bool flag(std::string_view name, std::string_view help);
  std::string argument(std::string_view name, std::string_view help);  // required, in order
  void done();

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace spark
