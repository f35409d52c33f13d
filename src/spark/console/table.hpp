#pragma once
// Table: rows with aligned columns, for a terminal. A wide character takes two columns, a colour none.
//
//   Table table({{"QUEUE"}, {"AVAILABLE", Align::right}});
//   table.row({"mail", {"3", Colour::blue}});
//   out.text(table.text(call.style));

#include "spark/console/style.hpp"

#include <string>
#include <utility>
#include <vector>

namespace spark {

enum class Align { left, right };

struct Column {
  std::string name;  // "AVAILABLE"
  Align align = Align::left;
};

struct Shown {
  std::string text;  // printable
  Colour colour = Colour::none;

  Shown(std::string text_, Colour colour_ = Colour::none) : text(std::move(text_)), colour(colour_) {}
  Shown(char const* text_) : text(text_) {}
};

class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
  void row(std::vector<Shown> cells) { rows_.push_back(std::move(cells)); }  // as many as there are columns
  bool empty() const { return rows_.empty(); }
  // A head of empty names is left out. The last column is cut where the terminal ends.
  std::string text(Style const& style = {}) const;

 private:
  std::vector<std::size_t> widths() const;
  std::vector<Shown> head() const;

  std::vector<Column> columns_;
  std::vector<std::vector<Shown>> rows_;
};

}  // namespace spark
