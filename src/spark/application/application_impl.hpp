#pragma once
// What an Application keeps; the console reads it too.

#include <spark/application.hpp>

#include <mutex>
#include <optional>
#include <vector>

namespace spark {

// What flags say over file and environment.
struct Overrides {
  std::string store_url;  // empty: not given
  std::optional<kue::LogLevel> log_level;
  std::optional<kue::LogFormat> log_format;
};

struct Application::Impl {
  kue::Registry registry;
  std::vector<Command> commands;
  std::vector<std::string> faults;  // of setting up, told by run()
  std::vector<std::function<void(kue::Worker&)>> worker_setups;

  std::mutex mutex;  // of what follows
  std::optional<Config> config;
  Overrides overrides;
  bool configured = false;      // by configure(), not by file and environment
  bool announce_store = false;  // say which file was opened: on for commands of the user's own, such as a server

  Config const& read_config();  // with the mutex held
};

// --store wins over all; a relative path in it is relative to the working directory.
void apply(Overrides const& overrides, Config& config);

}  // namespace spark
