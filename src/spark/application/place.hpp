#pragma once
// Where the program says something, for messages.

#include <fmt/format.h>

#include <source_location>
#include <string>
#include <string_view>

namespace spark {

// "main.cpp:12"; empty: built in
inline std::string place(std::source_location const& where) {
  std::string_view const file = where.file_name();
  return where.line() == 0 ? "" : fmt::format("{}:{}", file.substr(file.rfind('/') + 1), where.line());
}

// "'mailer' (defined at main.cpp:12)", or "'store' (built in)".
inline std::string service_text(std::string_view name, std::string const& place) {
  return fmt::format("'{}' ({})", name, place.empty() ? "built in" : "defined at " + place);
}

}  // namespace spark
