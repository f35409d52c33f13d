#include "spark/console/style.hpp"

#include "spark/console/terminal.hpp"

#include <fmt/format.h>

namespace spark {
namespace {

std::string_view code_of(Colour colour) {
  switch (colour) {
    case Colour::none: return "";
    case Colour::bold: return "1";
    case Colour::dim: return "2";
    case Colour::red: return "31";
    case Colour::green: return "32";
    case Colour::yellow: return "33";
    case Colour::blue: return "34";
    case Colour::cyan: return "36";
  }
  return "";
}

}  // namespace

Colour colour_of(kue::State state) {
  switch (state) {
    case kue::State::scheduled:
    case kue::State::blocked: return Colour::cyan;
    case kue::State::available: return Colour::blue;
    case kue::State::running:
    case kue::State::retryable: return Colour::yellow;
    case kue::State::completed: return Colour::green;
    case kue::State::discarded: return Colour::red;
    case kue::State::cancelled: return Colour::dim;
  }
  return Colour::none;
}

std::string Style::paint(std::string_view text, Colour colour) const {
  if (!colours || colour == Colour::none || text.empty()) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", code_of(colour), text);
}

Style text_style(ColourWhen when, int descriptor) {
  bool const terminal = is_terminal(descriptor);
  Style style;
  style.form = terminal || when == ColourWhen::always ? Form::table : Form::plain;
  style.colours = when == ColourWhen::always || (when == ColourWhen::automatic && terminal && terminal_shows_colours());
  style.width = terminal ? terminal_width(descriptor) : 0;
  return style;
}

}  // namespace spark
