#pragma once
// parse: the words of a command line, read by the declaration of their command. The only user of CLI11 is args.cpp.

#include <kue/error.hpp>

#include "spark/application/declaration.hpp"

#include <stdexcept>
#include <string>
#include <vector>

namespace spark {

// What was typed is wrong. The console adds where to read how it is right, unless a hint is there already.
struct WrongWords : kue::Error {
  explicit WrongWords(std::string const& sentence) : Error(kue::ErrorKind::invalid, sentence) {}
};

// A command asks its Args for what it did not declare: a mistake of the program.
struct UndeclaredArgument : std::logic_error {
  using logic_error::logic_error;
};

// --help is among the words. Not an std::exception, so that nobody takes it for a failure.
struct HelpWanted {};

Args parse(Declaration const& declaration, std::vector<std::string> const& words);  // throws WrongWords, HelpWanted

}  // namespace spark
