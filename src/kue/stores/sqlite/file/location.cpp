#include "kue/stores/sqlite/file/location.hpp"

#include <kue/error.hpp>

#include <fmt/format.h>

#include <sys/vfs.h>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>
#include <utility>

namespace kue::sqlite {
namespace {

namespace fs = std::filesystem;

// Shared memory and POSIX locks do not work between the machines of these (linux/magic.h and the systems' own headers).
constexpr std::pair<unsigned long, char const*> kNetwork[] = {
    {0x6969, "NFS"},      {0x517B, "SMB"},       {0xFF534D42, "CIFS"}, {0xFE534D42, "SMB2"},   {0x01021997, "9P"},
    {0x5346414F, "AFS"},  {0x6B414653, "AFS"},   {0x73757245, "Coda"}, {0x00C36400, "Ceph"},   {0x0BD00BD0, "Lustre"},
    {0x47504653, "GPFS"}, {0x7461636F, "OCFS2"}, {0x01161970, "GFS2"}, {0x19830326, "BeeGFS"},
};

}  // namespace

Location locate(std::string const& path) {
  if (path.empty())
    throw Error(ErrorKind::invalid, "the store has no path; write sqlite:spark.db or sqlite:/srv/app/spark.db");
  if (path.find('\0') != std::string::npos) throw Error(ErrorKind::invalid, "the store's path holds a zero byte");
  std::error_code error;
  fs::path const absolute = fs::absolute(path, error);
  fs::path const whole = error ? fs::path(path) : fs::weakly_canonical(absolute, error);
  if (error) {
    throw Error(ErrorKind::unavailable, fmt::format("cannot resolve the store's path {}: {}", path, error.message()));
  }
  Location location{whole.string()};
  if (fs::is_directory(whole, error)) {
    throw Error(ErrorKind::refused,
                fmt::format("sqlite:{} is a directory; name a file in it, for example sqlite:{}/spark.db",
                            location.database, location.database));
  }
  fs::path const folder = whole.parent_path();
  if (!fs::is_directory(folder, error)) {
    throw Error(
        ErrorKind::not_found,
        fmt::format("sqlite:{} cannot be made: its folder {} does not exist; make it (mkdir -p {}) or correct the path",
                    location.database, folder.string(), folder.string()));
  }
  if (fs::exists(whole, error) && !fs::is_regular_file(whole, error)) {
    throw Error(ErrorKind::refused,
                fmt::format("sqlite:{} is not a regular file; name another path", location.database));
  }
  return location;
}

long file_system_type(std::string const& folder) {
  struct statfs info {};
  return ::statfs(folder.c_str(), &info) == 0 ? static_cast<long>(info.f_type) : 0;
}

char const* network_file_system(long type) {
  auto const found = static_cast<unsigned long>(type) & 0xFFFFFFFFUL;
  for (auto const& [magic, name] : kNetwork) {
    if (found == magic) return name;
  }
  return nullptr;
}

// From /proc/self/mountinfo: "36 35 98:0 /root /mount options... - ext4 /dev/sda1 ...". The longest mount point above
// it holds.
std::string file_system_name(std::string const& folder) {
  std::ifstream mounts("/proc/self/mountinfo");
  std::string best, name;
  for (std::string line; std::getline(mounts, line);) {
    std::istringstream words(line);
    std::string skipped, point, word, type;
    for (int i = 0; i < 4; ++i) words >> skipped;
    words >> point;
    while (words >> word && word != "-") {}
    words >> type;
    bool const holds = point == "/" || folder == point || folder.starts_with(point + "/");
    if (!holds || point.size() < best.size()) continue;
    best = point;
    name = type;
  }
  return name;
}

void refuse_network_file_system(Location const& location, FileSystemType type) {
  std::string const folder = fs::path(location.database).parent_path().string();
  char const* const name = network_file_system(type(folder));
  if (!name) return;
  throw Error(ErrorKind::refused, fmt::format("it is on a network file system ({}), where locks and shared memory do "
                                              "not reach other machines and the queue "
                                              "would lose jobs; put it on a local disk",
                                              name));
}

}  // namespace kue::sqlite
