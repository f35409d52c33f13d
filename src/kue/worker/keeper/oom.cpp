#include "kue/worker/keeper/oom.hpp"

#include <fstream>
#include <string>

namespace kue::worker {
namespace {

std::uint64_t read_count(std::string const& path) {
  std::ifstream file(path);
  std::string name;
  std::uint64_t value = 0;
  while (file >> name >> value) {
    if (name == "oom_kill") return value;
  }
  return 0;
}

std::string own_group() {
  std::ifstream file("/proc/self/cgroup");
  std::string line;
  while (std::getline(file, line)) {
    if (line.starts_with("0::")) return line.substr(3);
  }
  return "/";
}

std::uint64_t count_kills() {
  return read_count("/proc/vmstat") + read_count("/sys/fs/cgroup" + own_group() + "/memory.events");
}

}  // namespace

OomCounter::OomCounter() : last_(count_kills()) {}

bool OomCounter::rose() {
  std::uint64_t const now = count_kills();
  bool const more = now > last_;
  last_ = now;
  return more;
}

}  // namespace kue::worker
