#pragma once
// How the console makes Args. The only user of CLI11 is args.cpp.

#include <spark/args.hpp>

#include "spark/console/command_help.hpp"

#include <functional>

namespace spark {

// `about` says program, name, summary and details. `understood` is called by done() when every word has a meaning.
Args make_args(CommandHelp about, std::vector<std::string> const& words, std::function<void()> understood = {});

// Thrown by done() for --help; not an std::exception, so that a command's own handlers let it pass.
struct HelpWanted {
  CommandHelp help;
};

}  // namespace spark
