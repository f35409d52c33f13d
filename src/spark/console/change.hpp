#pragma once
// Change: the switches --dry-run and --yes of a command that changes many things at once.
//
//   with_change(Command("queue:purge", ...))                 // where the command is declared
//   Change const change(call.args);
//   if (change.dry_run) return call.out.line("would delete 1,204 jobs"), kDone;
//   change.confirm(call, "delete 1,204 jobs of queue mail");
//
// confirm() returns if it is to be done: --yes was given, or a person at a terminal says y. Else it throws
// Error(refused), and nobody was asked if there is nobody to answer or the answer is for a program (--json).

#include "spark/console/command.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace spark {

struct Change {
  explicit Change(Args const& args);
  void confirm(Call const& call, std::string const& what) const;

  bool dry_run = false;
  bool yes = false;
};

Command with_change(Command command);

std::string counted(std::int64_t number, std::string_view noun);  // "1 job", "1,204 jobs"
std::string grouped(std::int64_t number);                         // "1,204"

}  // namespace spark
