#pragma once
// Config: settings of an application. Flags > environment (SPARK_STORE_URL ...) > spark.toml > defaults.
//
//   # spark.toml, beside the program's working directory or above
//   [store]
//   url = "sqlite:spark.db"          # relative to this file
//   [worker]
//   concurrency = 4
//
// Unknown keys, wrong types and values out of range are errors that name file, line and the nearest known key.
// Immutable once read.

#include <kue/logger.hpp>
#include <kue/store.hpp>

#include <map>
#include <string>
#include <vector>

namespace spark {

struct Config {
  std::string file;                      // absolute path of spark.toml, empty: none found
  struct { std::string name, binary; } application;
  struct { std::string url; kue::Durability durability = kue::Durability::full; bool event_log = false; } store;
  struct {
    int concurrency = 1;
    std::vector<std::string> queues;
    kue::Millis stop_timeout = kue::limits::kStopTimeout;
    std::string pid_file;
  } worker;
  struct { kue::LogLevel level = kue::LogLevel::info; kue::LogFormat format = kue::LogFormat::text; } log;

  // Reads spark.toml in `directory` or above, then `environment`. Throws kue::Error(invalid) with every problem.
  static Config load(std::string const& directory, std::map<std::string, std::string> const& environment);
};

}  // namespace spark
