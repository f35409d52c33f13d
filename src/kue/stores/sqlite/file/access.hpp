#pragma once
// Access: whether this process may write a database file, and in words why not: who it is, whose the files are.

#include "kue/stores/sqlite/file/location.hpp"

#include <string>

namespace kue::sqlite {

// "user nobody may not write there: spark.db belongs to root (rw-r--r--). Give ..."; empty if nothing stands in the
// way.
std::string denial(Location const& location);

}  // namespace kue::sqlite
