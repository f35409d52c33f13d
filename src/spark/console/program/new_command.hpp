#pragma once
// The command `new`. It belongs to the program spark alone: an application exists already.

#include "spark/console/command.hpp"

namespace spark {

Builtin new_command();

}  // namespace spark
