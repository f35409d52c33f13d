#include "kue/stores/sqlite/file/access.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <vector>

#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

namespace kue::sqlite {
namespace {

std::string user_name(uid_t user) {
  std::array<char, 4096> buffer{};
  passwd entry{}, *found = nullptr;
  if (::getpwuid_r(user, &entry, buffer.data(), buffer.size(), &found) == 0 && found) return found->pw_name;
  return std::to_string(user);
}

std::string rights(mode_t mode) {
  std::string text = "rwxrwxrwx";
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((mode & (0400U >> i)) == 0) text[i] = '-';
  }
  return text;
}

std::string owner(std::string const& path) {
  struct stat about {};
  if (::stat(path.c_str(), &about) != 0) return fmt::format("{} cannot be seen", path);
  return fmt::format("{} belongs to {} ({})", path, user_name(about.st_uid), rights(about.st_mode));
}

// 0, or why the effective user may not. What is not there yet is no obstacle: its folder is.
int obstacle(std::string const& path, int wanted) {
  return ::faccessat(AT_FDCWD, path.c_str(), wanted, AT_EACCESS) == 0 || errno == ENOENT ? 0 : errno;
}

}  // namespace

std::string denial(Location const& location) {
  std::string const folder = std::filesystem::path(location.database).parent_path().string();
  std::vector<std::pair<std::string, int>> const all{{folder, W_OK | X_OK},
                                                     {location.database, R_OK | W_OK},
                                                     {location.wal(), R_OK | W_OK},
                                                     {location.database + "-shm", R_OK | W_OK},
                                                     {location.wake_file(), R_OK | W_OK}};
  for (auto const& [path, wanted] : all) {
    int const error = obstacle(path, wanted);
    if (error == EROFS)
      return "its file system is mounted read-only. Give the store another place: store.url in spark.toml, or --store";
    if (error == EACCES || error == EPERM) {
      return fmt::format("user {} has no right to write there: {}. Run everything that uses this store as one user, or "
                         "give this one the rights",
                         user_name(::geteuid()), owner(path));
    }
  }
  return {};
}

}  // namespace kue::sqlite
