#pragma once
// Doctor: looks at a newcomer's whole set-up. Each finding says what is so, and if it is not well, what to do.

#include "spark/console/command.hpp"

#include <string>
#include <vector>

namespace spark {

enum class Health { ok, warn, fail };

struct Finding {
  Health health = Health::ok;
  std::string subject;  // "store"
  std::string text;     // what is so
  std::string advice;   // what to do; empty if it is well
};

struct LoadedConfig;

std::vector<Finding> examine_configuration(LoadedConfig const& loaded);
std::vector<Finding> examine_program(Application& app, Config const& config);
std::vector<Finding> examine_place(Config const& config);    // of the store: folder, file system, room, schema
std::vector<Finding> examine_jobs(Call& call);               // workers, and queues that nobody works on
std::vector<Finding> examine_process(Config const& config);  // limits, pid file

}  // namespace spark
