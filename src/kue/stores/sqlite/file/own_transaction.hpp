#pragma once
// The program's own transactions (kue/sqlite.hpp), as the file sees them.

#include <string>

struct sqlite3;

namespace kue::sqlite {

bool is_main_file(sqlite3* database, std::string const& file);  // by any name

// Throws Error(refused) if this thread has one of them open on the file: a write on another
// connection would wait for itself.
void refuse_in_own_transaction(std::string const& file);

}  // namespace kue::sqlite
