#include "durable_file.hpp"

#include <kue/id.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace studio {
namespace {

[[noreturn]] void fail(char const* what, std::filesystem::path const& path) {
  throw std::system_error(errno, std::generic_category(), fmt::format("cannot {} {}", what, path.string()));
}

}  // namespace

DurableFile::DurableFile(std::filesystem::path path) : path_(std::move(path)) {
  descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (descriptor_ < 0) fail("create", path_);
}

DurableFile::~DurableFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!finished_) ::unlink(path_.c_str());
}

void DurableFile::write(std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t const count = ::write(descriptor_, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail("write to", path_);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

void DurableFile::finish() {
  if (::fdatasync(descriptor_) != 0) fail("flush", path_);
  int const descriptor = std::exchange(descriptor_, -1);
  if (::close(descriptor) != 0) fail("close", path_);
  finished_ = true;
}

void write_durably(std::filesystem::path const& path, std::string_view bytes) {
  // A name of its own, so that two writers of one file never share what they write.
  std::filesystem::path const part = path.string() + fmt::format(".{:016x}.part", kue::random_bits());
  DurableFile file(part);
  file.write(bytes);
  file.finish();
  if (::rename(part.c_str(), path.c_str()) != 0) {
    int const error = errno;
    ::unlink(part.c_str());
    errno = error;
    fail("rename to", path);
  }
  sync_folder(path.parent_path());
}

void sync_folder(std::filesystem::path const& folder) {
  int const descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) fail("open the folder", folder);
  int const failed = ::fsync(descriptor);
  int const error = errno;
  ::close(descriptor);
  errno = error;
  if (failed != 0) fail("flush the folder", folder);
}

std::vector<std::uint8_t> read_file(std::filesystem::path const& path, std::size_t most) {
  int const descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) fail("open", path);
  struct Closer {
    int descriptor;
    ~Closer() { ::close(descriptor); }
  } const closer{descriptor};
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) fail("look at", path);
  std::vector<std::uint8_t> bytes(std::min(static_cast<std::size_t>(status.st_size), most));
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    ssize_t const count = ::read(descriptor, bytes.data() + filled, bytes.size() - filled);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail("read", path);
    if (count == 0) break;
    filled += static_cast<std::size_t>(count);
  }
  bytes.resize(filled);
  return bytes;
}

}  // namespace studio
