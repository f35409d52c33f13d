#include "spark/console/wrap.hpp"

#include "spark/console/printable.hpp"
#include "spark/console/terminal.hpp"

#include <unistd.h>

#include <algorithm>

namespace spark {
namespace {

constexpr std::size_t kWidest = 100, kNarrowest = 40;

// The last blank outside of quotes that leaves room for " \" before `width`; npos: none.
std::size_t break_of(std::string_view line, std::size_t from, std::size_t width) {
  std::size_t found = line.npos;
  bool quoted = false;
  for (std::size_t i = 0; i < line.size() && i + 2 <= width; ++i) {
    if (line[i] == '\'') quoted = !quoted;
    if (line[i] == ' ' && !quoted && i > from) found = i;
  }
  return found;
}

}  // namespace

std::size_t text_width() {
  auto const columns = static_cast<std::size_t>(terminal_width(STDOUT_FILENO));
  return columns == 0 ? kWidest : std::clamp(columns, kNarrowest, kWidest);
}

std::string beside(std::string_view left, std::size_t column, std::string_view text, std::size_t width) {
  std::string out(left), indent(column, ' ');
  std::size_t at = width_of(left);
  if (at > 0 && at + 2 > column && !text.empty()) {
    out += '\n';
    at = 0;
  }
  if (!text.empty()) out += std::string(column - std::min(column, at), ' ');
  at = column;
  while (!text.empty()) {
    auto const end = std::min(text.find(' '), text.size());
    std::size_t const word = width_of(text.substr(0, end));
    if (at > column && at + 1 + word > width) {
      out += '\n' + indent;
      at = column;
    } else if (at > column) {
      out += ' ';
      ++at;
    }
    out += text.substr(0, end);
    at += word;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out + '\n';
}

std::string wrapped(std::string_view text, std::size_t width) { return beside("", 0, text, width); }

std::string wrapped_example(std::string_view line, std::size_t width) {
  std::string out, rest(line);
  std::size_t indent = rest.find_first_not_of(' ');
  while (width_of(rest) > width) {
    auto const at = break_of(rest, indent, width);
    if (at == rest.npos) break;
    out += rest.substr(0, at) + " \\\n";
    indent = 6;
    rest = std::string(indent, ' ') + rest.substr(at + 1);
  }
  return out + rest + '\n';
}

}  // namespace spark
