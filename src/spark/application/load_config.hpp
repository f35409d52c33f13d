#pragma once
// load_config: Config::load with all that it finds out: every problem, and where each value comes from.

#include <spark/config.hpp>

#include "spark/application/settings.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace spark {

struct LoadedConfig {
  Config config;
  std::vector<std::string> problems;  // sentences with file and line; empty: config holds
  std::map<std::string, std::string>
      origins;  // "store.url" -> "/srv/app/spark.toml:3" or "SPARK_STORE_URL"; not there: default
  // [retention.queues.NAME], until it is known what they leave to [retention]. By name, then key.
  std::map<std::string, std::map<std::string, SettingValue>> queue_retention;
};

LoadedConfig load_config(std::string const& directory, Config::Environment const& environment);

struct ShownSetting {
  std::string key, value;  // value as one would write it, secrets masked
  std::string origin;      // "default"
};
std::vector<ShownSetting> show_settings(LoadedConfig const& loaded);

}  // namespace spark
