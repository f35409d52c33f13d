#include "spark/console/command.hpp"

#include <kue/json.hpp>

#include "spark/console/console.hpp"
#include "spark/console/printable.hpp"
#include "spark/console/table.hpp"

#include <fmt/format.h>

namespace spark {
namespace {

std::string section(std::vector<Listed> const& all, bool builtin) {
  Table table({{""}, {""}, {""}});
  bool any = false;
  for (Listed const& listed : all) {
    if (listed.builtin != builtin) continue;
    table.row({"", listed.name, printable(listed.summary)});
    any = true;
  }
  return any ? table.text() : std::string();
}

std::string overview(Console const& console) {
  auto const all = console.list();
  std::string text = fmt::format("Usage: {} COMMAND [OPTIONS]\n\n", console.program());
  if (std::string const own = section(all, false); !own.empty())
    text += fmt::format("Commands of {}:\n{}\n", console.program(), own);
  text += "Commands:\n" + section(all, true);
  text += fmt::format("\n{} help COMMAND, or COMMAND --help, shows its options and examples.\n", console.program());
  return text;
}

void write_options(kue::Writer& writer, CommandHelp const& help) {
  writer.key("options");
  writer.begin_array();
  for (OptionHelp const& option : help.options) {
    writer.begin_object();
    write_strings(writer, "names", option.all_names());
    for (auto const& [key, value] : {std::pair<std::string_view, std::string_view>{"value", option.value},
                                     {"help", option.help},
                                     {"default", option.fallback}}) {
      writer.key(key);
      writer.string(as_utf8(value));
    }
    writer.key("common");
    writer.boolean(option.common());
    writer.end_object();
  }
  writer.end_array();
  writer.key("arguments");
  writer.begin_array();
  for (ArgumentHelp const& argument : help.arguments) writer.string(as_utf8(argument.name));
  writer.end_array();
}

// All that is known of each command: what the manual page and the test of the guide are made from.
std::string as_json(Console& console) {
  kue::Writer writer;
  writer.begin_object();
  writer.key("program");
  writer.string(as_utf8(console.program()));
  writer.key("commands");
  writer.begin_array();
  for (Listed const& listed : console.list()) {
    writer.begin_object();
    writer.key("name");
    writer.string(listed.name);
    writer.key("summary");
    writer.string(as_utf8(listed.summary));
    writer.key("builtin");
    writer.boolean(listed.builtin);
    write_options(writer, console.explain(listed.name));
    writer.end_object();
  }
  writer.end_array();
  writer.end_object();
  return printable_json(writer.take());
}

int run(Call& call) {
  std::vector<std::string> const names = call.args.options("COMMAND", "the command to explain");
  call.args.done();
  if (call.json) {
    call.out.line(as_json(call.console));
  } else if (names.empty()) {
    call.out.text(overview(call.console));
  } else {
    call.out.text(call.console.explain(names.front()).text());
  }
  return kDone;
}

}  // namespace

Command help_command() {
  return {.name = "help",
          .summary = "lists the commands, or explains one",
          .details = "Examples:\n  help\n  help queue:worker\n  help --json\n",
          .run = run,
          .stands_alone = true};
}

}  // namespace spark
