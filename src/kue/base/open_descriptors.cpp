#include "kue/base/open_descriptors.hpp"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <climits>
#include <memory>
#include <string_view>

namespace kue {
namespace {

constexpr std::string_view kSqliteMagic("SQLite format 3\0", 16);

// pread, because the offset of a shared descriptor is its owner's.
bool starts_as_sqlite(int descriptor) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) return false;
  std::array<char, 16> head{};
  return ::pread(descriptor, head.data(), head.size(), 0) == static_cast<ssize_t>(head.size()) &&
         std::string_view(head.data(), head.size()) == kSqliteMagic;
}

std::string path_of(int descriptor) {
  std::array<char, PATH_MAX> buffer{};
  std::string const link = "/proc/self/fd/" + std::to_string(descriptor);
  auto const length = ::readlink(link.c_str(), buffer.data(), buffer.size());
  return length < 0 ? std::string("an unknown file") : std::string(buffer.data(), static_cast<std::size_t>(length));
}

}  // namespace

std::vector<int> open_descriptors() {
  std::vector<int> descriptors;
  std::unique_ptr<DIR, int (*)(DIR*)> directory(::opendir("/proc/self/fd"), ::closedir);
  if (!directory) return descriptors;
  int const own = ::dirfd(directory.get());
  while (dirent const* item = ::readdir(directory.get())) {
    std::string_view const name = item->d_name;
    int descriptor = -1;
    auto const [end, error] = std::from_chars(name.data(), name.data() + name.size(), descriptor);
    if (error == std::errc() && end == name.data() + name.size() && descriptor != own)
      descriptors.push_back(descriptor);
  }
  std::sort(descriptors.begin(), descriptors.end());
  return descriptors;
}

std::vector<OpenFile> open_sqlite_files() {
  std::vector<OpenFile> files;
  for (int const descriptor : open_descriptors()) {
    if (starts_as_sqlite(descriptor)) files.push_back({descriptor, path_of(descriptor)});
  }
  return files;
}

}  // namespace kue
