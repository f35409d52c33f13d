#include "spark/console/command.hpp"

#include <kue/json.hpp>

#include "spark/console/console.hpp"
#include "spark/console/help_text.hpp"
#include "spark/console/printable.hpp"
#include "spark/console/wrap.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace spark {
namespace {

std::string section(std::vector<Listed> const& all, bool builtin) {
  std::size_t column = 0;
  for (Listed const& listed : all) column = std::max(column, listed.name.size() + 4);
  column = std::min<std::size_t>(column, 30);
  std::string text;
  for (Listed const& listed : all) {
    if (listed.builtin == builtin) text += beside("  " + listed.name, column, printable(listed.summary), text_width());
  }
  return text;
}

std::string overview(Console const& console) {
  auto const all = console.list();
  std::string text = fmt::format("Usage: {} COMMAND [OPTIONS]\n\n", console.program());
  if (std::string const own = section(all, false); !own.empty())
    text += fmt::format("Commands of {}:\n{}\n", console.program(), own);
  text += "Commands:\n" + section(all, true);
  return text + '\n' +
         wrapped(console.program() + " help COMMAND, or COMMAND --help, shows its options and examples.", text_width());
}

void write_options(kue::Writer& writer, Declaration const& declaration) {
  writer.key("options");
  writer.begin_array();
  for (Parameter const& option : declaration.parameters) {
    if (option.positional) continue;
    writer.begin_object();
    write_strings(writer, "names", option.names);
    write_text(writer, "value", option.value);
    write_text(writer, "help", option.help);
    write_text(writer, "default", option.fallback ? *option.fallback : std::string_view());
    write_flag(writer, "common", option.common);
    writer.end_object();
  }
  writer.end_array();
  writer.key("arguments");
  writer.begin_array();
  for (Parameter const* const argument : declaration.arguments()) writer.string(as_utf8(argument->value));
  writer.end_array();
}

// All that is known of each command: what the manual page and the test of the guide are made from.
std::string as_json(Console& console) {
  kue::Writer writer;
  writer.begin_object();
  write_text(writer, "program", console.program());
  writer.key("commands");
  writer.begin_array();
  for (Listed const& listed : console.list()) {
    writer.begin_object();
    write_text(writer, "name", listed.name);
    write_text(writer, "summary", listed.summary);
    write_flag(writer, "builtin", listed.builtin);
    write_options(writer, console.explain(listed.name));
    writer.end_object();
  }
  writer.end_array();
  writer.end_object();
  return printable_json(writer.take());
}

int run(Call& call) {
  auto const name = call.args.optional_text("COMMAND");
  if (call.json) {
    call.out.line(as_json(call.console));
  } else if (!name) {
    call.out.text(overview(call.console));
  } else {
    call.out.text(help_text(call.console.explain(*name), call.console.program()));
  }
  return kDone;
}

}  // namespace

Builtin help_command() {
  return {Command("help", "lists the commands, or explains one")
              .optional_argument("COMMAND", "the command to explain")
              .details("Examples:\n  help\n  help queue:worker\n  help --json\n"),
          run, CommandKind::alone};
}

}  // namespace spark
