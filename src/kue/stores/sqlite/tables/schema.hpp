#pragma once
// Schema: is this file ours, and is it as new as this program? Whoever opens first migrates, under the write lock.

#include "kue/stores/sqlite/file/connection.hpp"
#include "kue/stores/sqlite/file/location.hpp"

#include <cstdint>
#include <memory>

namespace kue::sqlite {

inline constexpr std::int32_t kApplicationId = 0x5350524b;  // "SPRK", bytes 68 to 71 of the file

// Opens our file, makes it or updates it, and settles the connection. Refuses a file that is not ours or is newer, and leaves it as
// it was. Throws kue::Error.
std::unique_ptr<Connection> open_file(Location const& location);

int newest_schema();

}  // namespace kue::sqlite
