#include "spark/console/listing.hpp"

#include "spark/console/printable.hpp"
#include "spark/console/terminal.hpp"

namespace spark {

Listing::Listing(Call& call, std::string name, std::vector<Column> columns) : call_(call), table_(std::move(columns)) {
  document_.begin_object();
  document_.key(name);
  document_.begin_array();
}

void Listing::item(std::function<Row()> const& row, std::function<void(kue::Writer&)> const& object) {
  ++items_;
  if (call_.style.form == Form::json) return object(document_);
  if (call_.style.form == Form::jsonl) {
    kue::Writer one;
    object(one);
    return call_.out.line(printable_json(one.take()));
  }
  Row const cells = row();
  if (call_.style.form == Form::table) {
    std::vector<Shown> shown;
    for (Cell const& cell : cells) shown.emplace_back(cell.shown, cell.colour);
    return table_.row(std::move(shown));
  }
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) (line += i > 0 ? "\t" : "") += cells[i].exact;
  call_.out.line(line);
}

void Listing::member(std::string_view key, std::string_view value) { members_.emplace_back(key, value); }

void Listing::more(std::string const& cursor) {
  member("cursor", cursor);
  if (cursor.empty() || call_.style.form == Form::json) return;
  std::string const hint = "there are more: add --cursor " + printable(cursor);
  if (call_.style.form == Form::table)
    note("\n" + hint);
  else
    write_error(hint + "\n");  // not among the data
}

void Listing::end(std::string_view nothing) {
  if (call_.style.form == Form::json) {
    document_.end_array();
    for (auto const& [key, value] : members_) write_text_or_null(document_, key, value);
    document_.end_object();
    call_.out.line(printable_json(document_.take()));
  }
  if (call_.style.form != Form::table) return;
  if (items_ == 0)
    call_.out.line(nothing);
  else
    call_.out.text(table_.text(call_.style));
  for (std::string const& text : notes_) call_.out.line(text);
}

}  // namespace spark
