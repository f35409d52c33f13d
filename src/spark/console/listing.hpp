#pragma once
// Listing: what a command that lists answers, in the form that was asked for. Command::lists gives it --jsonl.
//
//   Listing list(call, "queues", {{"QUEUE"}, {"AVAILABLE", Align::right}});
//   for (auto const& counts : all) {
//     list.item([&] { return Row{printable(counts.queue), std::to_string(counts.of(kue::State::available))}; },
//               [&](kue::Writer& writer) { write_counts(writer, counts); });
//   }
//   list.note("\nin " + printable(store.description()));   // below a table only
//   list.end("no jobs");                                   // said on a terminal if nothing was listed
//
// --json: {"queues":[...], members}. --jsonl: one item a line, nothing else.

#include <kue/json.hpp>

#include "spark/console/command.hpp"
#include "spark/console/table.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace spark {

struct Cell {
  std::string shown;  // printable; in a table
  std::string exact;  // in the plain form: whole, times in ISO 8601
  Colour colour = Colour::none;

  Cell(char const* text) : shown(text), exact(text) {}
  Cell(std::string text, Colour colour_ = Colour::none) : shown(text), exact(std::move(text)), colour(colour_) {}
  Cell(std::string shown_, std::string exact_, Colour colour_ = Colour::none)
      : shown(std::move(shown_)), exact(std::move(exact_)), colour(colour_) {}
};
using Row = std::vector<Cell>;

class Listing {
 public:
  Listing(Call& call, std::string name, std::vector<Column> columns);
  void item(std::function<Row()> const& row, std::function<void(kue::Writer&)> const& object);
  void member(std::string_view key, std::string_view value);  // beside the items in the document of --json
  void more(std::string const& cursor);  // of the next page: --json member "cursor", else a hint how to go on
  void note(std::string text) { notes_.push_back(std::move(text)); }
  void end(std::string_view nothing);

 private:
  Call& call_;
  Table table_;
  kue::Writer document_;
  std::vector<std::pair<std::string, std::string>> members_;
  std::vector<std::string> notes_;
  std::size_t items_ = 0;
};

}  // namespace spark
