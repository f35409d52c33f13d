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
  writer.key("file");
  if (loaded.config.file.empty())
    writer.null();
  else
    writer.string(as_utf8(loaded.config.file));
  writer.key("ok");
  writer.boolean(loaded.problems.empty());
  write_strings(writer, "problems", loaded.problems);
  writer.end_object();
  return printable_json(writer.take());
}

int run(Call& call) {
  call.args.done();
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

Command config_check_command() {
  return {"config:check",
          "says every problem of spark.toml and of the environment",
          "A problem a line, with file and line. Exit code 2 if there are any.\n\nExample:\n  config:check\n",
          run,
          false,
          false};
}

}  // namespace spark
