#pragma once
// What --help says of a command, from its declaration.

#include "spark/application/declaration.hpp"

#include <string>
#include <vector>

namespace spark {

std::string usage(Declaration const& declaration, std::string const& program);  // "hello job:show [OPTIONS] ID"
std::string help_text(Declaration const& declaration, std::string const& program);

// Its details by lines, examples as one types them: "  queue:worker -c 4" becomes "  hello queue:worker -c 4".
std::vector<std::string> detail_lines(Declaration const& declaration, std::string const& program);

}  // namespace spark
