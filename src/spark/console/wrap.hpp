#pragma once
// Text in lines that fit a terminal.

#include <string>
#include <string_view>

namespace spark {

// For standard output: the terminal's columns, at most 100, and 100 where there is no terminal.
std::size_t text_width();

std::string wrapped(std::string_view text, std::size_t width);
// "  -c, --concurrency N" and beside it, from `column` on, the text.
std::string beside(std::string_view left, std::size_t column, std::string_view text, std::size_t width);
// A command line, with " \" where it goes on in the next line.
std::string wrapped_example(std::string_view line, std::size_t width);

}  // namespace spark
