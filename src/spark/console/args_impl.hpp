#pragma once
// How the console makes Args. The only user of CLI11 is args.cpp.

#include <spark/args.hpp>

#include <functional>

namespace spark {

struct CommandText {
  std::string program;  // "hello"
  std::string name;     // "queue:worker"
  std::string summary;  // one line, as in the list of commands
  std::string details;  // paragraphs and examples below the options; may be empty
};

// `understood` is called by done() when every word has a meaning.
Args make_args(CommandText const& text, std::vector<std::string> const& words, std::function<void()> understood = {});

// Thrown by done() for --help; not an std::exception, so that a command's own handlers let it pass.
struct HelpWanted {
  std::string text;
};

}  // namespace spark
