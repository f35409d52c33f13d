#pragma once
// Config: settings of an application. Flags > environment (SPARK_STORE_URL ...) > spark.toml > defaults.
//
//   spark::Config config = spark::Config::load("/srv/app", spark::Config::environment());
//
// spark.toml is looked for in the directory and above; a relative path in it is relative to it.
// Every key and its limits: docs/guide/configuration.md. Unknown keys, wrong types and values out of range are one
// kue::Error(invalid) that names all of them with file and line, and the nearest known key. A value; no threads.

#include <kue/logger.hpp>
#include <kue/store.hpp>

#include <map>
#include <string>
#include <vector>

namespace spark {

struct Config {
  std::string file = {};  // absolute path of spark.toml, empty: none found
  struct {
    std::string name;    // in help and version; empty: the program's file name
    std::string binary;  // absolute; what the program `spark` runs in this directory
  } application;
  struct {
    std::string url;  // a path in it is absolute
    kue::Durability durability = kue::Durability::full;
    bool event_log = false;
  } store;
  struct {
    int concurrency = 1;              // children; 0: run jobs in the worker's own process
    std::vector<std::string> queues;  // empty: all; "mail:3" with a weight, then all have one
    kue::Millis stop_timeout = kue::limits::kStopTimeout;
    std::string pid_file;  // absolute; empty: none
  } worker;
  kue::Retention retention = {};  // how long final jobs stay, usually and in single queues
  struct {
    kue::LogLevel level = kue::LogLevel::info;
    kue::LogFormat format = kue::LogFormat::text;
  } log;

  using Environment = std::map<std::string, std::string>;
  // Reads spark.toml in `directory` (absolute) or the nearest directory above that has one, then `environment`.
  static Config load(std::string const& directory, Environment const& environment);
  static Environment environment();  // of this process: the variables whose names begin with SPARK_
};

}  // namespace spark
