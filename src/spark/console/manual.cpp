#include "spark/console/command.hpp"

#include <kue/error.hpp>

#include "spark/application/settings.hpp"
#include "spark/console/console.hpp"
#include "spark/console/help_text.hpp"
#include "spark/console/printable.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

namespace spark {
namespace {

// Text that mdoc takes as it is: no request, no escape, no macro of a punctuation mark.
std::string plain(std::string_view text) {
  std::string out;
  for (char const c : printable(text)) {
    if (c == '\\')
      out += "\\e";
    else
      out += c;
  }
  return out.starts_with('.') || out.starts_with('\'') ? "\\&" + out : out;
}

// A word of a macro's line: what could be a macro or a mark there is made harmless.
std::string word(std::string_view text) {
  std::string out = "\\&";
  for (char const c : plain(text)) out += c == '-' ? std::string("\\-") : std::string(1, c);
  return out.find(' ') == out.npos ? out : '"' + out + '"';
}

// Each sentence begins a line.
std::string sentences(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    auto const end = std::min(text.find(". "), text.size());
    bool const whole = end == text.size();
    out += plain(text.substr(0, whole ? end : end + 1)) + '\n';
    text.remove_prefix(std::min(end + 2, text.size()));
  }
  return out;
}

std::string list(Declaration const& declaration, bool common) {
  std::string items;
  for (Parameter const& option : declaration.parameters) {
    if (option.positional || option.common != common) continue;
    std::string names;
    for (std::string const& name : option.names) names += (names.empty() ? " Fl " : " , Fl ") + word(name.substr(1));
    items += ".It" + names + (option.value.empty() ? "" : " Ar " + word(option.value)) + '\n' + sentences(option.help);
    if (option.fallback && !option.fallback->empty()) items += "[" + plain(*option.fallback) + "]\n";
  }
  return items.empty() ? items : ".Bl -tag -width Ds\n" + items + ".El\n";
}

// Paragraphs are filled; examples and rows, indented, are set as they are.
std::string details(Declaration const& declaration, std::string const& program) {
  std::string out;
  bool literal = false;
  for (std::string const& line : detail_lines(declaration, program)) {
    if (line.empty()) continue;
    bool const indented = line.starts_with("  ");
    if (indented != literal) out += indented ? ".Bd -literal\n" : ".Ed\n";
    literal = indented;
    out += indented ? plain(line) + '\n' : ".Pp\n" + sentences(line);
  }
  return out + (literal ? ".Ed\n" : "");
}

std::string command_text(Declaration const& declaration, std::string const& program) {
  std::string text = ".Ss " + word(declaration.name) + '\n';
  text += ".Nm " + program + '\n' + ".Cm " + word(declaration.name) + '\n' + ".Op Ar options\n";
  for (Parameter const* const argument : declaration.arguments())
    text += (argument->required ? ".Ar " : ".Op Ar ") + word(argument->value) + '\n';
  text += ".Pp\n" + plain(declaration.summary) + ".\n";
  for (Parameter const* const argument : declaration.arguments())
    text += ".Pp\n.Ar " + word(argument->value) + " :\n" + sentences(argument->help);
  return text + list(declaration, false) + details(declaration, program);
}

std::string variables() {
  std::string text = ".Bl -tag -width Ds\n";
  for (Setting const& setting : settings()) {
    text += ".It Ev " + word(setting.variable()) + '\n' + plain(fmt::format("{}.{}", setting.section, setting.key)) +
            ": " + plain(setting.expected) + ".\n";
  }
  return text + ".It Ev NO_COLOR\nIf set and not empty, no colours.\n.El\n";
}

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return 'a' <= c && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return text;
}

constexpr std::string_view kCodes =
    ".Bl -tag -width Ds\n.It 0\nDone.\n.It 1\nFailed: problems were found, a corrupt store, or what a command of the "
    "program threw.\n"
    ".It 2\nUsage or configuration.\n.It 3\nNot found: no such job, queue or class.\n.It 4\nThe store cannot be "
    "reached or written, or there is none yet.\n"
    ".It 5\nRefused: understood and not done on purpose, or nobody could be asked.\n.It 70\nA bug.\n.El\n";

std::string manual(Console& console) {
  std::string const& program = console.program();
  std::string text = fmt::format(".Dd " SPARK_DATE "\n.Dt {} 1\n.Os\n.Sh NAME\n.Nm {}\n.Nd durable background jobs\n",
                                 upper(program), program);
  text += ".Sh SYNOPSIS\n.Nm\n.Ar command\n.Op Ar options\n.Op Ar arguments\n.Sh DESCRIPTION\n";
  text +=
      fmt::format("The commands of\n.Nm ,\na program that pushes and runs jobs with spark " SPARK_VERSION ".\n"
                  "Jobs live in the store that the configuration or\n.Fl \\-store\nnames, usually an SQLite file.\n");
  std::string common;
  for (Listed const& listed : console.list()) {
    Declaration const declaration = console.explain(listed.name);
    if (common.empty() && listed.builtin) common = list(declaration, true);
    text += command_text(declaration, program);
  }
  text += ".Ss Options of every command\n" + common;
  text += ".Sh ENVIRONMENT\n" + variables();
  text += ".Sh FILES\n.Bl -tag -width Ds\n.It Pa spark.toml\nThe configuration, in the working directory or "
          "above.\n.It Pa spark.db\nThe store, if nothing "
          "else is said.\n.El\n";
  return text + ".Sh EXIT STATUS\n" + std::string(kCodes);
}

int run(Call& call) {
  auto const file = call.args.optional_text("--output");
  std::string const text = manual(call.console);
  if (!file) {
    call.out.text(text);
    return kDone;
  }
  std::ofstream out(*file, std::ios::binary);
  if (!(out << text).flush())
    throw kue::Error(kue::ErrorKind::unavailable,
                     "cannot write " + *file + ": name a file in a folder that is there and yours");
  return kDone;
}

}  // namespace

Builtin manual_command() {
  return {Command("manual", "prints the manual page of this program")
              .option("--output FILE", "write it there instead of printing it")
              .details("All commands with their options, those of the program's own too, in the format "
                       "mdoc.\n\nExample:\n  manual | man -l -\n"),
          run, CommandKind::unconfigured};
}

}  // namespace spark
