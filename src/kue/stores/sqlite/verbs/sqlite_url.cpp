#include "kue/stores/sqlite/verbs/sqlite_url.hpp"

#include "kue/core/names.hpp"

#include <kue/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

namespace kue::sqlite {
namespace {

constexpr std::array<std::string_view, 1> kParameters{"gathered_wal"};

std::string unescaped(std::string_view path) {
  std::string text;
  for (std::size_t i = 0; i < path.size(); ++i) {
    std::string_view const escape = path.substr(i, 3);
    bool const question = escape == "%3F" || escape == "%3f";
    text += question ? '?' : path[i];  // of %25 the '%'
    if (question || escape == "%25") i += 2;
  }
  return text;
}

void set(FileOptions& options, std::string_view parameter, std::string_view url) {
  auto const name = parameter.substr(0, parameter.find('='));
  if (name != kParameters[0]) {
    auto const near = core::nearest(name, std::span<std::string_view const>(kParameters));
    throw Error(
        ErrorKind::invalid,
        fmt::format(
            "store URL '{}' has an unknown parameter '{}'; {}. A '?' that belongs to the file's name is written %3F",
            url, name, near ? "did you mean " + *near + "?" : fmt::format("there is {}=on or off", kParameters[0])));
  }
  auto const value = parameter.substr(std::min(name.size() + 1, parameter.size()));
  if (value != "on" && value != "off")
    throw Error(ErrorKind::invalid, fmt::format("store URL '{}': {} is on or off", url, name));
  options.gathered_wal = value == "on";
}

}  // namespace

SqliteUrl parse_sqlite_url(std::string_view url) {
  std::string_view path = url.substr(std::string_view("sqlite:").size());
  if (path.starts_with("//")) {
    path.remove_prefix(2);
    if (!path.starts_with("/")) {
      throw Error(
          ErrorKind::invalid,
          fmt::format(
              "store URL '{}' names a host; SQLite is a file: write sqlite:spark.db or sqlite:///srv/app/spark.db",
              url));
    }
  }
  auto const query = path.find('?');
  SqliteUrl parsed{.path = unescaped(path.substr(0, query)), .options = {}};
  if (parsed.path.empty())
    throw Error(ErrorKind::invalid, fmt::format("store URL '{}' has no path; write sqlite:spark.db", url));
  for (auto end = query; end != std::string_view::npos;) {
    auto const begin = end + 1;
    end = path.find('&', begin);
    set(parsed.options, path.substr(begin, end - begin), url);
  }
  return parsed;
}

std::string escaped_sqlite_path(std::string_view path) {
  std::string text;
  for (char const c : path) text += c == '?' ? "%3F" : c == '%' ? "%25" : std::string(1, c);
  return text;
}

}  // namespace kue::sqlite
