#pragma once
// Completion of a command line. The shells' scripts are small and ask the program, so that commands of its own, kinds
// and queues of this moment are known, and `spark` completes what the application of the directory has.

#include "spark/console/console.hpp"

#include <string>
#include <vector>

namespace spark {

struct Candidate {
  std::string word, meaning;
};

// `words` are those after the program's name; the last is the one to complete, and may be empty. A candidate ":files"
// asks the shell for names of files.
std::vector<Candidate> complete(Console& console, Application& app, std::vector<std::string> const& words);

}  // namespace spark
