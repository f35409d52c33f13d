#pragma once
// new_project: the files of a new application, from the folder project/ beside this one.
//
//   NewProject const made = new_project("/home/ada", "shop");    // /home/ada/shop/CMakeLists.txt, src/main.cpp, ...
//
// All or nothing: the files are written into a folder beside it that gets the name at the end. Throws
// kue::Error(invalid) for a name that cannot be one, conflict if something is there already, unavailable or full if it
// cannot be written.

#include <string>
#include <string_view>
#include <vector>

namespace spark {

struct NewProject {
  std::string path;
  std::vector<std::string> files;  // relative to it
  std::vector<std::string> next;   // commands to type now
};

NewProject new_project(std::string const& directory, std::string const& name);

}  // namespace spark
