#include "spark/console/listing.hpp"

#include "spark/application/application_impl.hpp"
#include "spark/application/load_config.hpp"
#include "spark/console/console.hpp"
#include "spark/console/printable.hpp"

#include <algorithm>
#include <filesystem>

namespace spark {
namespace {

void set_origin(std::vector<ShownSetting>& shown, std::string const& key, std::string const& origin) {
  for (ShownSetting& setting : shown) {
    if (setting.key == key) setting.origin = origin;
  }
}

std::vector<ShownSetting> what_holds(Call& call) {
  LoadedConfig loaded = load_config(std::filesystem::current_path().string(), Config::environment());
  bool const by_program = call.console.configured_by_program();
  if (by_program) loaded.origins.clear();
  loaded.config = call.app.config();
  auto shown = show_settings(loaded);
  if (by_program) {
    for (ShownSetting& setting : shown) setting.origin = "app.configure(...)";
  }
  Overrides const& flags = call.console.overrides();
  if (!flags.store_url.empty()) set_origin(shown, "store.url", "--store");
  if (flags.log_level) set_origin(shown, "log.level", "--log-level");
  if (flags.log_format) set_origin(shown, "log.format", call.style.json() ? "--json" : "--log-format");
  return shown;
}

int run(Call& call) {
  bool const origin = call.args.flag("--origin");
  std::vector<Column> columns{{"KEY"}, {"VALUE"}};
  if (origin) columns.push_back({"ORIGIN"});
  Listing list(call, "settings", columns);
  for (ShownSetting const& setting : what_holds(call)) {
    list.item(
        [&] {
          Row row{setting.key, {setting.value.empty() ? "-" : printable(setting.value), printable(setting.value)}};
          if (origin)
            row.push_back({printable(setting.origin), setting.origin == "default" ? Colour::dim : Colour::none});
          return row;
        },
        [&](kue::Writer& writer) {
          writer.begin_object();
          write_text(writer, "key", setting.key);
          write_text(writer, "value", setting.value);
          if (origin) write_text(writer, "origin", setting.origin);
          writer.end_object();
        });
  }
  list.member("file", call.app.config().file);
  list.end("");
  return kDone;
}

}  // namespace

Builtin config_show_command() {
  return {
      Command("config:show", "shows the configuration that holds here")
          .flag("--origin", "where each value comes from: a flag, an environment variable, file:line, or the default")
          .details("Passwords in URLs are masked.\n\nExamples:\n  config:show --origin\n  config:show --json\n"),
      run, CommandKind::lists};
}

}  // namespace spark
