#pragma once
// Files that are there whole or not at all: written under another name, flushed to the disk, then renamed.
//
//   write_durably("pictures/7/480.jpg", jpeg);
//
// Throws std::system_error that names the file. A reader sees the old file or the new one, also after a power cut.

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace studio {

// A new file that grows; removed again unless finish() was reached.
class DurableFile {
 public:
  explicit DurableFile(std::filesystem::path path);  // must not exist yet
  DurableFile(DurableFile const&) = delete;
  ~DurableFile();

  void write(std::string_view bytes);
  void finish();  // everything is on the disk when this returns
  std::filesystem::path const& path() const { return path_; }

 private:
  std::filesystem::path path_;
  int descriptor_ = -1;
  bool finished_ = false;
};

void write_durably(std::filesystem::path const& path, std::string_view bytes);
void sync_folder(std::filesystem::path const& folder);  // makes renames in it durable

// The first `most` bytes of a file.
std::vector<std::uint8_t> read_file(std::filesystem::path const& path, std::size_t most = SIZE_MAX);

}  // namespace studio
