#pragma once
// Table: rows with aligned columns, for a terminal. A wide character takes two columns, a colour none. On a terminal
// that is too narrow heads become brief, then texts are cut, then extras go; columns that still do not fit follow in a
// second table below. A number is never cut.
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
  std::string name;           // "AVAILABLE"
  Align align = Align::left;  // right: a number
  std::string brief = {};     // "AVAIL", on a narrow terminal
  bool whole = false;         // a text that is of no use if it is cut, such as an id
  bool extra = false;         // left out where there is no room for it
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
  // A head of empty names is left out.
  std::string text(Style const& style = {}) const;

 private:
  // Some of the columns, in order, and their widths.
  struct Part {
    std::vector<std::size_t> columns, widths;
  };
  Part part(std::vector<std::size_t> columns, bool brief) const;
  bool cut(Part& part, std::size_t terminal) const;
  std::vector<Part> split(Part const& part, std::size_t terminal) const;
  std::vector<Part> fitted(std::size_t terminal, bool& brief) const;
  std::string text_of(Part const& part, bool brief, Style const& style) const;

  std::vector<Column> columns_;
  std::vector<std::vector<Shown>> rows_;
};

}  // namespace spark
