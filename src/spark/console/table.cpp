#include "spark/console/table.hpp"

#include "spark/console/printable.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace spark {
namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kLeast = 6;   // no text is cut below this
constexpr std::size_t kEnough = 8;  // of a text at the end, such as arguments: then it alone is cut

std::size_t whole_width(std::vector<std::size_t> const& widths) {
  return std::accumulate(widths.begin(), widths.end(), kGap * (widths.size() - 1));
}

std::string const& head_of(Column const& column, bool brief) {
  return brief && !column.brief.empty() ? column.brief : column.name;
}

}  // namespace

Table::Part Table::part(std::vector<std::size_t> columns, bool brief) const {
  Part part{.columns = std::move(columns), .widths = {}};
  for (std::size_t const column : part.columns) {
    std::size_t width = width_of(head_of(columns_[column], brief));
    for (auto const& row : rows_) width = std::max(width, width_of(row[column].text));
    part.widths.push_back(width);
  }
  return part;
}

// Cuts the widest text, again and again; false: that is not enough.
bool Table::cut(Part& part, std::size_t terminal) const {
  while (whole_width(part.widths) > terminal) {
    std::size_t* widest = nullptr;
    for (std::size_t i = 0; i < part.columns.size(); ++i) {
      Column const& column = columns_[part.columns[i]];
      bool const fixed = column.align == Align::right || column.whole || part.widths[i] <= kLeast;
      if (!fixed && (widest == nullptr || part.widths[i] >= *widest)) widest = &part.widths[i];
    }
    if (widest == nullptr) return false;
    --*widest;
  }
  return true;
}

// As many columns as fit, and the others below, each time behind the first one.
std::vector<Table::Part> Table::split(Part const& part, std::size_t terminal) const {
  std::vector<Part> parts;
  Part const first{{part.columns.front()}, {part.widths.front()}};
  Part next = first;
  for (std::size_t i = 1; i < part.columns.size(); ++i) {
    if (next.columns.size() > 1 && whole_width(next.widths) + kGap + part.widths[i] > terminal)
      parts.push_back(std::exchange(next, first));
    next.columns.push_back(part.columns[i]);
    next.widths.push_back(part.widths[i]);
  }
  parts.push_back(std::move(next));
  return parts;
}

std::vector<Table::Part> Table::fitted(std::size_t terminal, bool& brief) const {
  std::vector<std::size_t> all(columns_.size()), needed;
  std::iota(all.begin(), all.end(), std::size_t{0});
  Part part = this->part(all, brief);
  if (terminal == 0 || whole_width(part.widths) <= terminal) return {part};
  std::size_t const excess = whole_width(part.widths) - terminal;
  Column const& last = columns_.back();
  if (last.align == Align::left && !last.whole && part.widths.back() >= excess + kEnough) {
    part.widths.back() -= excess;
    return {part};
  }
  brief = true;
  part = this->part(all, brief);
  if (cut(part, terminal)) return {part};
  std::copy_if(all.begin(), all.end(), std::back_inserter(needed), [&](std::size_t i) { return !columns_[i].extra; });
  part = this->part(needed, brief);
  if (cut(part, terminal)) return {part};
  return split(part, terminal);
}

std::string Table::text_of(Part const& part, bool brief, Style const& style) const {
  std::string out;
  auto const add = [&](auto const& cell_of) {
    std::string line;
    for (std::size_t i = 0; i < part.columns.size(); ++i) {
      Shown const cell = cell_of(part.columns[i]);
      std::string const text = width_of(cell.text) > part.widths[i] ? shortened(cell.text, part.widths[i]) : cell.text;
      std::string const pad(part.widths[i] - std::min(part.widths[i], width_of(text)), ' ');
      bool const right = columns_[part.columns[i]].align == Align::right;
      line += i > 0 ? std::string(kGap, ' ') : "";
      line += right ? pad + style.paint(text, cell.colour) : style.paint(text, cell.colour) + pad;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + '\n';
  };
  if (std::any_of(columns_.begin(), columns_.end(), [](Column const& column) { return !column.name.empty(); }))
    add([&](std::size_t column) { return Shown(head_of(columns_[column], brief), Colour::bold); });
  for (auto const& row : rows_) add([&](std::size_t column) { return row[column]; });
  return out;
}

std::string Table::text(Style const& style) const {
  bool brief = false;
  std::string out;
  for (Part const& part : fitted(static_cast<std::size_t>(std::max(style.width, 0)), brief))
    out += (out.empty() ? "" : "\n") + text_of(part, brief, style);
  return out;
}

}  // namespace spark
