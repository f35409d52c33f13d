#pragma once
// rehearse: learns what a command of the program's own takes, without doing what it does.
//
// Options are what the action asks its Args for, up to done(). For --help and completion the action is run with Args
// whose done() ends it. An action that never calls done() would go on to its work: so it runs in a process of its own
// that the kernel (seccomp) lets compute and read, and nothing else: it cannot write, connect, start, remove or signal
// anything.

#include "spark/console/command_help.hpp"

#include <functional>
#include <optional>

namespace spark {

// `action` is expected to throw HelpWanted. Nothing: it did not, within five seconds, or the kernel has no such box.
std::optional<CommandHelp> rehearse(std::function<void()> const& action);

}  // namespace spark
