#include "spark/console/command.hpp"

#include <kue/json.hpp>

#include "spark/application/load_config.hpp"
#include "spark/console/printable.hpp"

#include <fmt/format.h>

#include <filesystem>

namespace spark {
namespace {

std::string as_json(LoadedConfig const& loaded) {
  kue::Writer writer;
  writer.begin_object();
  write_text_or_null(writer, "file", loaded.config.file);
  write_flag(writer, "ok", loaded.problems.empty());
  write_strings(writer, "problems", loaded.problems);
  writer.end_object();
  return printable_json(writer.take());
}

int run(Call& call) {
  LoadedConfig const loaded = load_config(std::filesystem::current_path().string(), Config::environment());
  int const code = loaded.problems.empty() ? kDone : kUsage;
  if (call.json) {
    call.out.line(as_json(loaded));
    return code;
  }
  for (std::string const& problem : loaded.problems) call.out.line(printable(problem));
  if (loaded.problems.empty()) {
    call.out.line(loaded.config.file.empty() ? "no spark.toml here or above: the defaults hold"
                                             : printable(loaded.config.file) + ": no problems");
  }
  return code;
}

}  // namespace

Builtin config_check_command() {
  return {
      Command("config:check", "says every problem of spark.toml and of the environment")
          .details("A problem a line, with file and line. Exit code 2 if there are any.\n\nExample:\n  config:check\n"),
      run, CommandKind::unconfigured};
}

}  // namespace spark
