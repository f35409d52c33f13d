#include "spark/console/program/new_project.hpp"

#include <kue/error.hpp>

#include "project_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace spark {
namespace {

namespace fs = std::filesystem;

struct File {
  ProjectFile text;
  std::string_view path;
};

constexpr std::array kFiles{File{ProjectFile::CMakeLists, "CMakeLists.txt"},
                            File{ProjectFile::README, "README.md"},
                            File{ProjectFile::spark, "spark.toml"},
                            File{ProjectFile::gitignore, ".gitignore"},
                            File{ProjectFile::main, "src/main.cpp"},
                            File{ProjectFile::greet, "src/greet.hpp"},
                            File{ProjectFile::greeting_controller, "src/greeting_controller.hpp"},
                            File{ProjectFile::greet_test, "tests/greet_test.cpp"}};
static_assert(kFiles.size() == kProjectFileCount);

constexpr std::size_t kMaxName = 50;
// Names that CMake keeps for itself, or that would hide our own program or libraries.
constexpr std::array<std::string_view, 12> kTaken{
    "all",     "clean",          "edit_cache",    "help",  "install", "kue", "list_install_components",
    "package", "package_source", "rebuild_cache", "spark", "test"};

void check_name(std::string const& name) {
  auto const letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  auto const allowed = [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-'; };
  if (name.find('/') != name.npos) {
    throw kue::Error(
        kue::ErrorKind::invalid,
        fmt::format("'{}' is a path, not a name\nhint: go into the folder above first, then: spark new NAME", name));
  }
  if (name.empty() || name.size() > kMaxName || !letter(name.front()) ||
      !std::all_of(name.begin(), name.end(), allowed)) {
    throw kue::Error(kue::ErrorKind::invalid,
                     fmt::format("'{}' cannot be the name of a program and a folder\nhint: letters, digits, '-' and "
                                 "'_', a letter first, at most {} of them",
                                 name, kMaxName));
  }
  if (std::find(kTaken.begin(), kTaken.end(), name) != kTaken.end()) {
    throw kue::Error(kue::ErrorKind::invalid,
                     fmt::format("'{}' means something else to CMake or to spark\nhint: choose another name", name));
  }
}

[[noreturn]] void cannot(std::string_view what, fs::path const& path, int error) {
  throw kue::Error(error == ENOSPC || error == EDQUOT ? kue::ErrorKind::full : kue::ErrorKind::unavailable,
                   fmt::format("cannot {} {}: {}; nothing was made", what, path.string(), std::strerror(error)));
}

void check_free(fs::path const& path) {
  std::error_code error;
  auto const status = fs::symlink_status(path, error);
  if (status.type() == fs::file_type::not_found) return;
  if (fs::is_directory(status) && fs::is_empty(path, error) && !error) return;
  throw kue::Error(kue::ErrorKind::conflict,
                   fmt::format("{} is there already{}; nothing was changed\nhint: choose another name, or move it away",
                               path.string(), fs::is_directory(status) ? " and not empty" : ""));
}

// A folder beside the project's place, removed unless it became the project.
class Draft {
 public:
  explicit Draft(fs::path const& directory) : path_((directory / ".spark-new-XXXXXX").string()) {
    if (!::mkdtemp(path_.data())) cannot("make a folder in", directory, errno);
    fs::permissions(path_,
                    fs::perms::group_read | fs::perms::group_exec | fs::perms::others_read | fs::perms::others_exec,
                    fs::perm_options::add);
  }
  ~Draft() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Draft(Draft const&) = delete;
  Draft& operator=(Draft const&) = delete;

  void write(std::string_view file, std::string_view text) const {
    fs::path const path = fs::path(path_) / file;
    std::error_code error;
    fs::create_directories(path.parent_path(), error);
    if (error) cannot("make the folder", path.parent_path(), error.value());
    std::ofstream stream(path, std::ios::binary);
    stream << text;
    stream.close();
    if (!stream) cannot("write", path, errno);
  }

  void become(fs::path const& place) const {
    std::error_code error;
    fs::rename(path_, place, error);  // over an empty folder too
    if (error) cannot("make", place, error.value());
  }

 private:
  std::string path_;
};

std::string filled_in(std::string_view text, std::string_view name) {
  constexpr std::string_view kPlace = "@NAME@";
  std::string out;
  for (std::size_t at; (at = text.find(kPlace)) != text.npos; text.remove_prefix(at + kPlace.size()))
    (out += text.substr(0, at)) += name;
  return out += text;
}

}  // namespace

NewProject new_project(std::string const& directory, std::string const& name) {
  check_name(name);
  fs::path const place = fs::path(directory) / name;
  check_free(place);
  NewProject made{.path = place.string(), .files = {}, .next = {}};
  Draft const draft(directory);
  for (File const& file : kFiles) {
    draft.write(file.path, filled_in(text(file.text), name));
    made.files.emplace_back(file.path);
  }
  draft.become(place);
  made.next = {"cd " + name, "cmake -B build && cmake --build build", "ctest --test-dir build",
               "spark server --port 8080", "spark queue:worker -c 4"};
  return made;
}

}  // namespace spark
