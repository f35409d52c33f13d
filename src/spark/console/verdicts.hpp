#pragma once
// What a command about several jobs says of each, and the exit code that follows.

#include "spark/console/command.hpp"

#include <string>
#include <vector>

namespace spark {

struct Verdict {
  std::string id;
  std::string status;    // the store's word, in JSON
  std::string sentence;  // for people, after the id
  int code = kDone;
};

// Prints all; the code is kNotFound if a job was not found, else kRefused if one was refused, else kDone.
int say(Call& call, std::vector<Verdict> const& verdicts);

}  // namespace spark
