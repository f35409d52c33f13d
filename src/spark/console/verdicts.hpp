#pragma once
// What a command about several jobs says of each, and the exit code that follows.

#include "spark/console/command.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace spark {

struct Verdict {
  std::string id;
  std::string status;    // the store's word, in JSON
  std::string sentence;  // for people, after the id
  int code = kDone;
};

// Prints all; the code is kNotFound if one was not found, else kRefused if one was refused, else kDone.
// --json: {"jobs":[{"id","status"}]}, or with other words.
int say(Call& call, std::vector<Verdict> const& verdicts, std::string_view all = "jobs", std::string_view one = "id");

}  // namespace spark
