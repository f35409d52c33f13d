#include "spark/console/help_text.hpp"

#include "spark/console/printable.hpp"
#include "spark/console/wrap.hpp"

#include <fmt/format.h>

namespace spark {
namespace {

constexpr std::size_t kHelpColumn = 30;

std::string left_of(Parameter const& parameter) {
  if (parameter.positional) return "  " + parameter.value;
  std::string text = parameter.names.front().starts_with("--") ? "      " : "  ";
  for (std::string const& name : parameter.names) text += (text.ends_with(' ') ? "" : ", ") + name;
  return text + (parameter.value.empty() ? "" : " " + parameter.value);
}

template <class Belongs>
std::string section(std::string_view title, Declaration const& declaration, Belongs const& belongs) {
  std::string text;
  for (Parameter const& parameter : declaration.parameters) {
    if (!belongs(parameter)) continue;
    std::string about = parameter.help;
    if (parameter.type == Parameter::Type::number && parameter.range)
      about += fmt::format(" ({} to {})", parameter.range->first, parameter.range->second);
    if (parameter.fallback && !parameter.fallback->empty()) about += fmt::format(" [{}]", *parameter.fallback);
    text += beside(left_of(parameter), kHelpColumn, printable(about), text_width());
  }
  return text.empty() ? text : fmt::format("\n{}:\n{}", title, text);
}

// A paragraph, an example, or a row "  name    what it is".
std::string detail(std::string const& line) {
  if (!line.starts_with("  ")) return wrapped(line, text_width());
  auto const name = line.find_first_not_of(' '), gap = line.find("  ", name);
  if (gap == line.npos) return wrapped_example(line, text_width());
  auto const text = line.find_first_not_of(' ', gap);
  return beside(line.substr(0, gap), text, line.substr(text), text_width());
}

}  // namespace

std::string usage(Declaration const& declaration, std::string const& program) {
  std::string text = program + " " + declaration.name + " [OPTIONS]";
  for (Parameter const* const argument : declaration.arguments())
    text += argument->required ? " " + argument->value : " [" + argument->value + "]";
  return text;
}

std::vector<std::string> detail_lines(Declaration const& declaration, std::string const& program) {
  std::vector<std::string> lines;
  std::string_view rest = declaration.details;
  while (!rest.empty()) {
    auto const end = std::min(rest.find('\n'), rest.size());
    std::string line(rest.substr(0, end));
    if (line.starts_with("  " + declaration.name)) line.insert(2, program + " ");
    lines.push_back(std::move(line));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return lines;
}

std::string help_text(Declaration const& declaration, std::string const& program) {
  std::string text = wrapped(printable(declaration.summary), text_width());
  text += '\n' + wrapped("Usage: " + usage(declaration, program), text_width());
  text += section("Arguments", declaration, [](Parameter const& one) { return one.positional; });
  text += section("Options", declaration, [](Parameter const& one) { return !one.positional && !one.common; });
  text += section("Options of every command", declaration, [](Parameter const& one) { return one.common; });
  if (!declaration.details.empty()) text += '\n';
  for (std::string const& line : detail_lines(declaration, program)) text += detail(line);
  return text;
}

}  // namespace spark
