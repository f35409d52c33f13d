#pragma once
// Style: the form in which a command answers. Decided once, from the flags and from what standard output is.
//
//   out.line(call.style.paint("available", colour_of(kue::State::available)));
//
// table: aligned, for people, on a terminal. plain: a row a line, cells apart by tabs, no head, whole values, in a pipe
// or file. json: one document. jsonl: one document a line. Colours only in a table.

#include <kue/state.hpp>

#include <string>
#include <string_view>

namespace spark {

enum class Form { table, plain, json, jsonl };
enum class Colour { none, bold, dim, red, green, yellow, blue, cyan };
enum class ColourWhen { automatic, always, never };

Colour colour_of(kue::State state);

struct Style {
  Form form = Form::table;
  bool colours = false;
  int width = 0;  // columns of the terminal; 0: not known, nothing is cut to it

  bool json() const { return form == Form::json || form == Form::jsonl; }
  std::string paint(std::string_view text, Colour colour) const;
};

// --color always is "as on a terminal": table and colours in a pipe too, for `less -R`. Otherwise colours need a
// terminal whose TERM is not dumb, and NO_COLOR unset or empty (no-color.org).
Style text_style(ColourWhen when, int descriptor);

}  // namespace spark
