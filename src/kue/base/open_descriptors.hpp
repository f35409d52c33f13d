#pragma once
// What this process has open, asked of the kernel (/proc/self/fd).

#include <string>
#include <vector>

namespace kue {

std::vector<int> open_descriptors();  // sorted; empty if /proc is not there

struct OpenFile {
  int descriptor = -1;
  std::string path;
};
// Descriptors of SQLite databases, known by their first 16 bytes. Such a file must not be open at a fork: closing it in
// one process drops the locks that the other holds on it.
std::vector<OpenFile> open_sqlite_files();

}  // namespace kue
