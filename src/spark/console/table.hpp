#pragma once
// Table: rows with aligned columns, plain text on a terminal and in a pipe.
//
//   Table table({"QUEUE", "AVAILABLE"}, {Align::left, Align::right});
//   table.row({"mail", "3"});
//   out.text(table.text());

#include <string>
#include <vector>

namespace spark {

enum class Align { left, right };

class Table {
 public:
  Table(std::vector<std::string> head, std::vector<Align> align) : align_(std::move(align)) { rows_.push_back(std::move(head)); }
  void row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }  // printable texts, as many as the head
  std::string text() const;

 private:
  std::vector<Align> align_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace spark
