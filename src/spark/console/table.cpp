#include "spark/console/table.hpp"

#include "spark/console/printable.hpp"

#include <algorithm>

namespace spark {
namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kLeastLast = 8;  // the last column is not cut below this

// The room that the columns before it leave to the last one; 0: as much as it wants.
std::size_t room_of_last(std::vector<std::size_t> const& widths, int terminal) {
  if (terminal <= 0) return 0;
  std::size_t before = 0;
  for (std::size_t i = 0; i + 1 < widths.size(); ++i) before += widths[i] + kGap;
  auto const whole = static_cast<std::size_t>(terminal);
  return std::max(kLeastLast, whole > before ? whole - before : 0);
}

}  // namespace

std::vector<Shown> Table::head() const {
  std::vector<Shown> names;
  for (Column const& column : columns_) names.emplace_back(column.name, Colour::bold);
  return names;
}

std::vector<std::size_t> Table::widths() const {
  std::vector<std::size_t> widths;
  for (Column const& column : columns_) widths.push_back(width_of(column.name));
  for (auto const& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i].text));
  }
  return widths;
}

std::string Table::text(Style const& style) const {
  std::vector<std::size_t> const all = widths();
  std::size_t const room = room_of_last(all, style.width);
  std::string out;
  auto const add = [&](std::vector<Shown> const& row) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      bool const last = i + 1 == row.size(), right = columns_[i].align == Align::right;
      std::string const cell = last && room > 0 ? shortened(row[i].text, room) : row[i].text;
      std::string const pad(all[i] - std::min(all[i], width_of(cell)), ' ');
      if (i > 0) line += std::string(kGap, ' ');
      if (right) line += pad;
      line += style.paint(cell, row[i].colour);
      if (!right && !last) line += pad;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + '\n';
  };
  if (std::any_of(columns_.begin(), columns_.end(), [](Column const& column) { return !column.name.empty(); }))
    add(head());
  for (auto const& row : rows_) add(row);
  return out;
}

}  // namespace spark
