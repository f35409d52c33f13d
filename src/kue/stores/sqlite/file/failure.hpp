#pragma once
// Failure: what SQLite answered, as a kue::Error that says what it means and what to do. The guard adds what was tried,
// and where.

#include <kue/error.hpp>

#include <string>

struct sqlite3;

namespace kue::sqlite {

class Failure : public Error {
 public:
  Failure(int code, std::string const& text);

  int code() const { return code_; }            // extended result code
  int primary() const { return code_ & 0xff; }  // SQLITE_BUSY, SQLITE_FULL, ...
  bool concerns_one_row() const;                // others of the same transaction may go on

 private:
  int code_;
};

[[noreturn]] void fail(sqlite3* database, int code);

// For the commit's own answer: one that failed while writing or syncing may stand in the WAL complete and be found by a
// recovery.
[[noreturn]] void fail_in_commit(Failure const& failure);

}  // namespace kue::sqlite
