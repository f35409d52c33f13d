#pragma once
// spark.toml: found, read, and its values put into a Config. The only user of toml++.

#include "spark/application/load_config.hpp"

#include <string>

namespace spark {

std::string find_config_file(std::string const& directory);  // absolute, empty if there is none here or above

// Adds one sentence a problem: "/srv/app/spark.toml:7: unknown key 'store.ulr', did you mean url?"
void read_config_file(std::string const& file, LoadedConfig& loaded);

}  // namespace spark
