#pragma once
// Failure: what SQLite answered, inside this room only. The store turns it into a kue::Error with a sentence.

#include <kue/error.hpp>

#include <stdexcept>
#include <string>
#include <string_view>

struct sqlite3;

namespace kue::sqlite {

class Failure : public std::runtime_error {
 public:
  Failure(int code, std::string const& text) : std::runtime_error(text), code_(code) {}

  int code() const { return code_; }            // extended result code
  int primary() const { return code_ & 0xff; }  // SQLITE_BUSY, SQLITE_FULL, ...
  bool concerns_one_row() const;                // others of the same transaction may go on
  void in_commit() { in_commit_ = true; }       // the commit's own answer: it may have happened
  bool is_in_commit() const { return in_commit_; }

 private:
  int code_;
  bool in_commit_ = false;
};

[[noreturn]] void fail(sqlite3* database, int code);

// `tried`: "push to", "claim from"; `where`: the store's description.
Error to_error(Failure const& failure, std::string_view tried, std::string_view where);

}  // namespace kue::sqlite
