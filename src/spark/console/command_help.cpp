#include "spark/console/command_help.hpp"

#include "spark/application/settings.hpp"
#include "spark/console/printable.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace spark {
namespace {

constexpr std::size_t kHelpColumn = 30;
constexpr std::size_t kLine = 100;

constexpr std::array<std::string_view, 7> kCommon{"--help", "--store", "--log-level", "--log-format",
                                                  "--json", "--jsonl", "--color"};

// "  -c, --concurrency N" and beside it the help, in lines that fit.
std::string entry(std::string const& left, std::string const& help) {
  std::string text = "  " + left;
  std::size_t column = width_of(text);
  if (column + 2 > kHelpColumn) {
    text += '\n';
    column = 0;
  }
  text += std::string(kHelpColumn - column, ' ');
  column = kHelpColumn;
  std::string_view rest = help;
  while (!rest.empty()) {
    auto const end = std::min(rest.find(' '), rest.size());
    if (column + end > kLine && column > kHelpColumn) {
      text.erase(text.find_last_not_of(' ') + 1);
      text += '\n' + std::string(kHelpColumn, ' ');
      column = kHelpColumn;
    }
    text += rest.substr(0, end);
    text += ' ';
    column += end + 1;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  text.erase(text.find_last_not_of(' ') + 1);
  return text + '\n';
}

std::string left_of(OptionHelp const& option) {
  std::string text;
  for (std::string const& name : option.all_names())
    text += (text.empty() ? (name.starts_with("--") ? "    " : "") : ", ") + name;
  return text + (option.value.empty() ? "" : " " + option.value);
}

std::string section(std::string_view title, std::vector<OptionHelp> const& options, bool common) {
  std::string text;
  for (OptionHelp const& option : options) {
    if (option.common() != common) continue;
    std::string const fallback = option.fallback.empty() ? "" : fmt::format(" [{}]", option.fallback);
    text += entry(left_of(option), printable(option.help + fallback));
  }
  return text.empty() ? text : fmt::format("\n{}:\n{}", title, text);
}

}  // namespace

std::vector<std::string> OptionHelp::all_names() const { return split_list(names); }

bool OptionHelp::common() const {
  auto const all = all_names();
  return std::any_of(all.begin(), all.end(), [](std::string const& name) {
    return std::find(kCommon.begin(), kCommon.end(), name) != kCommon.end();
  });
}

std::string CommandHelp::usage() const {
  std::string text = program + " " + name + " [OPTIONS]";
  for (ArgumentHelp const& argument : arguments) text += " " + argument.name;
  return text;
}

std::string CommandHelp::text() const {
  std::string text = fmt::format("{}\n\nUsage: {}\n", printable(summary), usage());
  if (!complete)
    return text + "\nIts options are not known: the program's command never calls args.done(), or not within 5 s.\n";
  if (!arguments.empty()) {
    text += "\nArguments:\n";
    for (ArgumentHelp const& argument : arguments) text += entry(argument.name, printable(argument.help));
  }
  text += section("Options", options, false) + section("Options of every command", options, true);
  return details.empty() ? text : text + "\n" + details;
}

}  // namespace spark
