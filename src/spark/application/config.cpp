#include <kue/error.hpp>
#include <spark/config.hpp>

#include "kue/core/names.hpp"
#include "spark/application/config_file.hpp"
#include "spark/application/load_config.hpp"
#include "spark/application/settings.hpp"
#include "spark/application/store_url.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>

namespace spark {
namespace {

std::optional<SettingValue> value_of(Setting::Type type, std::string const& text) {
  SettingValue value{.text = text};
  if (type == Setting::Type::number) {
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value.number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  }
  if (type == Setting::Type::yes_no) {
    if (text != "true" && text != "false") return std::nullopt;
    value.yes = text == "true";
  }
  if (type == Setting::Type::list) value.list = split_list(text);
  return value;
}

// A value may be a secret (a URL with a password), so messages name the variable and what it should be, never what it
// is.
void read_environment(Config::Environment const& environment, std::string const& directory, LoadedConfig& loaded) {
  std::vector<std::string>& problems = loaded.problems;
  std::vector<std::string> known;
  for (Setting const& setting : settings()) {
    known.push_back(setting.variable());
    auto const found = environment.find(known.back());
    if (found == environment.end()) continue;
    if (found->second.empty()) {
      problems.push_back(
          fmt::format("environment variable {} is empty: unset it or give it {}", known.back(), setting.expected));
      continue;
    }
    auto value = value_of(setting.type, found->second);
    if (value) value->directory = directory;
    if (value && setting.set(loaded.config, *value)) {
      loaded.origins[fmt::format("{}.{}", setting.section, setting.key)] = known.back();
      continue;
    }
    std::string_view const expected =
        setting.type == Setting::Type::list
            ? "queue names with commas between, all or none with a weight (mail:3,default:1)"
            : setting.expected;
    problems.push_back(fmt::format("environment variable {} must be {}", known.back(), expected));
  }
  // Other programs have variables called SPARK_ too; only what looks like a slip of ours is an error.
  for (auto const& [name, value] : environment) {
    if (!name.starts_with("SPARK_") || std::find(known.begin(), known.end(), name) != known.end()) continue;
    auto const meant = kue::core::nearest(name, known);
    if (meant && kue::core::edit_distance_halves(name, *meant) <= 4) {
      problems.push_back(fmt::format("unknown environment variable {}, did you mean {}?", name, *meant));
    }
  }
}

}  // namespace

LoadedConfig load_config(std::string const& directory, Config::Environment const& environment) {
  LoadedConfig loaded;
  Config& config = loaded.config;
  config.file = find_config_file(directory);
  std::string const home = config.file.empty() ? directory : std::filesystem::path(config.file).parent_path().string();
  config.store.url = absolute_store_url("sqlite:spark.db", home);
  if (!config.file.empty()) read_config_file(config.file, loaded);
  read_environment(environment, directory, loaded);
  for (auto const& [queue, values] : loaded.queue_retention) {
    kue::Keep keep = config.retention.usual;
    for (auto const& [key, value] : values) (void)set_keep(keep, key, value);
    config.retention.queues.emplace(queue, keep);
  }
  return loaded;
}

std::vector<ShownSetting> show_settings(LoadedConfig const& loaded) {
  std::vector<ShownSetting> shown;
  auto const add = [&](std::string const& key, std::string value, std::string_view otherwise) {
    auto const origin = loaded.origins.find(key);
    shown.push_back({key, std::move(value), origin == loaded.origins.end() ? std::string(otherwise) : origin->second});
  };
  for (Setting const& setting : settings())
    add(fmt::format("{}.{}", setting.section, setting.key), setting.show(loaded.config), "default");
  for (auto const& [queue, keep] : loaded.config.retention.queues) {
    for (std::string const& key : keys_of("retention"))
      add(fmt::format("retention.queues.{}.{}", queue, key), show_keep(keep, key), "as retention." + key);
  }
  return shown;
}

Config Config::load(std::string const& directory, Environment const& environment) {
  LoadedConfig loaded = load_config(directory, environment);
  std::vector<std::string> const& problems = loaded.problems;
  if (!problems.empty()) {
    std::string text = problems.size() == 1 ? "configuration: " + problems.front()
                                            : fmt::format("configuration has {} problems:", problems.size());
    if (problems.size() > 1) {
      for (std::string const& problem : problems) text += "\n  - " + problem;
    }
    throw kue::Error(kue::ErrorKind::invalid, text);
  }
  return std::move(loaded.config);
}

Config::Environment Config::environment() {
  Environment variables;
  for (char** item = environ; item && *item; ++item) {
    std::string_view const text = *item;
    auto const equals = text.find('=');
    if (text.starts_with("SPARK_") && equals != text.npos)
      variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return variables;
}

}  // namespace spark
