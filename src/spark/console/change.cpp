#include "spark/console/change.hpp"

#include <kue/error.hpp>

#include "spark/console/printable.hpp"
#include "spark/console/terminal.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>

namespace spark {
namespace {

// A line from standard input, without what the C++ streams would read ahead.
std::string answer() {
  std::string line;
  char c = 0;
  for (;;) {
    auto const got = ::read(STDIN_FILENO, &c, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0 || c == '\n' || line.size() > 100) return line;
    line += c;
  }
}

}  // namespace

Change::Change(Args const& args) : dry_run(args.flag("--dry-run")), yes(args.flag("--yes")) {}

Command with_change(Command command) {
  return command.flag("--dry-run", "say what would be done, and do nothing").flag("-y,--yes", "do it without asking");
}

void Change::confirm(Call const& call, std::string const& what) const {
  if (yes) return;
  if (call.style.json() || !is_terminal(STDIN_FILENO) || !is_terminal(STDERR_FILENO)) {
    throw kue::Error(kue::ErrorKind::refused,
                     fmt::format("this would {}; confirmation is needed and there is no terminal; nothing was changed\n"
                                 "hint: --yes does it, --dry-run only shows it",
                                 what));
  }
  write_error(printable(what) + "? [y/N] ");
  std::string const said = answer();
  if (said == "y" || said == "Y" || said == "yes") return;
  throw kue::Error(kue::ErrorKind::refused, "nothing was changed");
}

std::string grouped(std::int64_t number) {
  std::string digits = std::to_string(number);
  std::size_t const sign = number < 0 ? 1 : 0;
  for (std::size_t at = digits.size(); at > sign + 3;) digits.insert(at -= 3, ",");
  return digits;
}

std::string counted(std::int64_t number, std::string_view noun) {
  return fmt::format("{} {}{}", grouped(number), noun, number == 1 ? "" : "s");
}

}  // namespace spark
