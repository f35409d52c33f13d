#pragma once
// The files of page/, compiled into the program by embed.cmake.

#include <span>
#include <string_view>

namespace studio {

struct PageFile {
  std::string_view path;  // "/", "/studio.js" ...
  std::string_view type;
  std::string_view content;
};

std::span<PageFile const> page_files();

}  // namespace studio
