#pragma once
// Declaration: what a Command says of itself. Parsing, --help, the manual page, completion and `help --json` read it.

#include <spark/command.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace spark {

struct Parameter {
  enum class Type { flag, number, text, duration };

  Type type = Type::text;
  std::vector<std::string> names;  // "-c", "--concurrency"; of an argument its name, "ID"
  std::string value;               // "N": how the help calls the value; "ID..." of an argument for all the rest
  std::string help;
  std::optional<std::string> fallback = {};
  bool positional = false;
  bool required = false;   // an argument that must be there
  bool many = false;       // an option that may be given several times; an argument for all the rest
  bool common = false;     // every command has it
  bool empty_too = false;  // an empty text is a value
  std::optional<std::pair<std::int64_t, std::int64_t>> range = {};  // of a number, or of a duration in milliseconds
  std::vector<std::string> choices = {};

  std::string const& name() const { return names.back(); }  // in sentences
  bool called(std::string_view name) const;
};

struct Declaration {
  std::string name, summary;
  std::string where;  // "main.cpp:12"
  std::string details = {};
  std::vector<Parameter> parameters = {};
  std::function<int(Args const&)> action = {};
  std::string problem = {};  // the first fault of the declaration; empty: none

  void add(Parameter parameter);  // notes a problem if it does not fit what is there
  Parameter const* find(std::string_view name) const;
  std::vector<Parameter const*> arguments() const;
};

}  // namespace spark
