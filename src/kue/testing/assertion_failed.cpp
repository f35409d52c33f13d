#include <kue/testing/assertion_failed.hpp>

#include <fmt/format.h>

#include <string_view>

namespace kue::testing {
namespace {

std::string_view file_name(std::source_location const& where) {
  std::string_view const path = where.file_name();
  return path.substr(path.rfind('/') + 1);  // npos + 1 is 0
}

}  // namespace

AssertionFailed::AssertionFailed(std::string const& text, std::source_location where)
    : std::runtime_error(fmt::format("{}:{}: {}", file_name(where), where.line(), text)) {}

}  // namespace kue::testing
