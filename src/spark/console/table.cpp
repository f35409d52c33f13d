#include "spark/console/table.hpp"

#include "spark/console/printable.hpp"

#include <algorithm>

namespace spark {

std::string Table::text() const {
  std::vector<std::size_t> widths(align_.size());
  for (auto const& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  }
  std::string out;
  for (auto const& row : rows_) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      std::string const pad(widths[i] - width_of(row[i]), ' ');
      if (i > 0) line += "  ";
      line += align_[i] == Align::right ? pad + row[i] : row[i] + pad;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + '\n';
  }
  return out;
}

}  // namespace spark
