// What can be looked at without a store: configuration, program, limits.

#include "spark/console/doctor.hpp"

#include "spark/application/load_config.hpp"

#include <fmt/format.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <unistd.h>

#include <fcntl.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>

namespace spark {
namespace {

namespace fs = std::filesystem;

constexpr int kMostFiles = 5000;  // of a source tree that are looked at
constexpr rlim_t kFewDescriptors = 256;
constexpr int kDescriptorsOfAChild = 16;  // of the master, for each child: pidfd, pipes

bool is_source(fs::path const& file) {
  constexpr std::array<std::string_view, 7> kEndings{".cpp", ".cc", ".cxx", ".hpp", ".hh", ".h", ".ipp"};
  return std::find(kEndings.begin(), kEndings.end(), file.extension().string()) != kEndings.end() ||
         file.filename() == "CMakeLists.txt";
}

bool not_ours(fs::path const& folder) {
  std::error_code ignored;
  return folder.filename().string().starts_with('.') || folder.filename() == "node_modules" ||
         fs::exists(folder / "CMakeCache.txt", ignored);
}

// A source that was changed after the program was built; empty: none.
std::string newer_source(fs::path const& home, fs::path const& binary) {
  std::error_code error;
  auto const built = fs::last_write_time(binary, error);
  int seen = 0;
  for (auto it = fs::recursive_directory_iterator(home, fs::directory_options::skip_permission_denied, error);
       !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
    if (++seen > kMostFiles) return {};
    std::error_code ignored;
    if (it->is_directory(ignored)) {
      if (not_ours(it->path())) it.disable_recursion_pending();
    } else if (is_source(it->path()) && fs::last_write_time(it->path(), ignored) > built && !ignored) {
      return it->path().lexically_relative(home).string();
    }
  }
  return {};
}

Finding examine_binary(Config const& config) {
  std::string const& binary = config.application.binary;
  std::error_code ignored;
  if (!fs::exists(binary, ignored)) {
    return {Health::fail, "program", fmt::format("[application] binary {} does not exist", binary),
            "build it, or correct the path in " + config.file};
  }
  if (fs::is_directory(binary, ignored) || ::access(binary.c_str(), X_OK) != 0) {
    return {Health::fail, "program", fmt::format("[application] binary {} cannot be executed", binary),
            "name a program, or chmod +x it"};
  }
  std::string const home = fs::path(config.file).parent_path().string();
  if (std::string const source = config.file.empty() ? "" : newer_source(home, binary); !source.empty()) {
    return {Health::warn, "program", fmt::format("{} is older than {}", binary, source), "build it again"};
  }
  return {Health::ok, "program", binary, ""};
}

Finding examine_pid_file(std::string const& path) {
  std::string const folder = fs::path(path).parent_path().string();
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored))
    return {Health::fail, "pid file", fmt::format("the folder {} does not exist", folder), "mkdir -p " + folder};
  if (::access(folder.c_str(), W_OK) != 0)
    return {Health::fail, "pid file", fmt::format("the folder {} cannot be written by this user", folder),
            "give its user the right, or set worker.pid_file elsewhere"};
  int const file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (file < 0) return {Health::ok, "pid file", path + " is not there: no worker holds it", ""};
  bool const locked = ::flock(file, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  ::close(file);
  return {Health::ok, "pid file",
          path + (locked ? ": a worker runs" : " is left over, no worker holds it; the next one takes it"), ""};
}

Finding examine_descriptors(Config const& config) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0)
    return {Health::warn, "descriptors", std::string("cannot be asked for: ") + std::strerror(errno), ""};
  auto const wanted =
      std::max<rlim_t>(kFewDescriptors, static_cast<rlim_t>(config.worker.concurrency) * kDescriptorsOfAChild);
  if (limit.rlim_cur < wanted) {
    return {Health::warn, "descriptors",
            fmt::format("a process may open {} files; {} are better for this configuration", limit.rlim_cur, wanted),
            fmt::format("ulimit -n {}, or LimitNOFILE= in the systemd unit", std::max<rlim_t>(wanted, 1024))};
  }
  return {Health::ok, "descriptors", fmt::format("a process may open {} files", limit.rlim_cur), ""};
}

}  // namespace

std::vector<Finding> examine_configuration(LoadedConfig const& loaded) {
  std::vector<Finding> all;
  for (std::string const& problem : loaded.problems)
    all.push_back({Health::fail, "configuration", problem, "correct it; config:check says whether all is well"});
  if (all.empty())
    all.push_back({Health::ok, "configuration",
                   loaded.config.file.empty() ? "no spark.toml here or above: the defaults hold" : loaded.config.file,
                   ""});
  return all;
}

std::vector<Finding> examine_program(Application& app, Config const& config) {
  std::vector<Finding> all;
  if (!config.application.binary.empty()) all.push_back(examine_binary(config));
  auto const kinds = app.registry().kinds();
  if (!kinds.empty()) {
    all.push_back({Health::ok, "job classes", fmt::format("{} in this program", kinds.size()), ""});
    for (std::string const& missing : app.registry().missing(app))
      all.push_back({Health::fail, "services", missing, "set it with app[key] = app.share(...) before app.run()"});
  } else if (config.application.binary.empty()) {
    all.push_back({Health::warn, "program", "this program has no job class, and no spark.toml names one that has",
                   "set [application] binary in spark.toml, or run your own program"});
  }
  return all;
}

std::vector<Finding> examine_process(Config const& config) {
  std::vector<Finding> all{examine_descriptors(config)};
  if (!config.worker.pid_file.empty()) all.push_back(examine_pid_file(config.worker.pid_file));
  constexpr std::chrono::sys_days kWritten{std::chrono::year{2026} / 1 / 1};
  if (std::chrono::system_clock::now() < kWritten) {
    all.push_back({Health::fail, "clock",
                   "the clock of this machine stands before 2026: jobs would be due at wrong times",
                   "set it (timedatectl set-ntp true)"});
  }
  return all;
}

}  // namespace spark
