#pragma once
// Args: what a command was given, by the names that it declared (spark/command.hpp).
//
//   app.command("server", "serves the page")
//       .option("-p,--port N", 8080, "port to listen on")
//       .between(1, 65535)
//       .option("--host NAME", "name to answer to")
//       .run([&](spark::Args const& args) {
//         return serve(app, args.number("--port"), args.optional_text("--host").value_or("localhost"));
//       });
//
// Every value has been checked: reading cannot fail. A name that the command did not declare, or not with that type, is
// a mistake of the program: a sentence with the line of the declaration, and exit code 70. Any thread may read.

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
  explicit Args(std::shared_ptr<Impl const> impl) : impl_(std::move(impl)) {}

  // The value that was given, or else the fallback.
  int number(std::string_view name) const;
  std::string text(std::string_view name) const;
  kue::Millis duration(std::string_view name) const;
  bool flag(std::string_view name) const;
  std::vector<std::string> texts(std::string_view name) const;  // of options(), arguments(), optional_arguments()

  // Nothing if it was not given and has no fallback.
  std::optional<int> optional_number(std::string_view name) const;
  std::optional<std::string> optional_text(std::string_view name) const;
  std::optional<kue::Millis> optional_duration(std::string_view name) const;
  bool given(std::string_view name) const;  // in the words of this command, not by a fallback

 private:
  std::shared_ptr<Impl const> impl_;
};

}  // namespace spark
