#pragma once
// What is at the other end of a descriptor.

#include <string_view>

namespace spark {

bool is_terminal(int descriptor);
int terminal_width(int descriptor);  // columns; 0: not known
bool terminal_shows_colours();       // NO_COLOR is unset or empty, TERM is set and not "dumb"

// Writes all of it to standard error, or as much as it takes: there is nobody to tell. Never ends the program.
void write_error(std::string_view text);

}  // namespace spark
