#include "spark/application/store_url.hpp"

#include "kue/stores/sqlite/verbs/sqlite_url.hpp"

#include <algorithm>
#include <filesystem>

namespace spark {
namespace {

constexpr std::string_view kSqlite = "sqlite:";

}  // namespace

std::string absolute_path(std::string_view path, std::string_view directory) {
  std::filesystem::path const whole = std::filesystem::path(directory) / std::filesystem::path(path);
  return whole.lexically_normal().string();
}

std::string absolute_store_url(std::string_view url, std::string_view directory) {
  std::string_view path = url;
  if (!path.starts_with(kSqlite) || path.size() == kSqlite.size()) return std::string(url);
  path.remove_prefix(kSqlite.size());
  if (path.starts_with("//")) path.remove_prefix(2);  // sqlite:///abs/path, as other programs write it
  if (path.size() + kSqlite.size() < url.size() && !path.starts_with('/'))
    return std::string(url);  // a host: refused later
  auto const query = std::min(path.find('?'), path.size());
  return std::string(kSqlite) + absolute_path(path.substr(0, query), kue::sqlite::escaped_sqlite_path(directory)) +
         std::string(path.substr(query));
}

std::string sqlite_file(std::string_view absolute_url) {
  return absolute_url.starts_with(kSqlite) ? kue::sqlite::parse_sqlite_url(absolute_url).path : std::string();
}

// The password ends at the last '@' of the authority, because an unescaped one may hold '@' itself.
std::string without_secrets(std::string_view url) {
  auto const scheme = url.find("://");
  if (scheme == url.npos) return std::string(url);
  auto const begin = scheme + 3;
  std::string text(url);
  auto const at = text.rfind('@');
  if (at == text.npos || at < begin) return text;
  auto const colon = text.find(':', begin);
  if (colon != text.npos && colon < at) text.replace(colon + 1, at - colon - 1, "***");
  return text;
}

}  // namespace spark
