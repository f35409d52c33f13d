#include "kue/stores/sqlite/file/failure.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

namespace kue::sqlite {
namespace {

struct Meaning {
  ErrorKind kind;
  std::string_view what_to_do;
};

Meaning meaning_of(int code) {
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {ErrorKind::timeout, "another process has held the write lock all the time; try again, and look for a "
                                  "program that keeps a transaction open on this file"};
    case SQLITE_FULL:
      return {ErrorKind::full,
              "the file system is full; nothing that was accepted is lost. Free some space and try again"};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {ErrorKind::corrupt, "the file is damaged. Stop the workers, keep a copy with its -wal, run `spark "
                                  "store:check` and restore a backup or `sqlite3 FILE .recover`"};
    case SQLITE_READONLY:
      return {ErrorKind::unavailable,
              "this process may not write to the file or its folder; give its user the right to both"};
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return {ErrorKind::unavailable,
              "the file, its -wal or its -shm cannot be opened; look at the rights of the file and its folder"};
    case SQLITE_IOERR:
      if (code == SQLITE_IOERR_SHMSIZE)
        return {ErrorKind::full,
                "its -shm file cannot grow, because the file system is full. Free some space and try again"};
      return {ErrorKind::unavailable, "the disk gave an error; look at the kernel's log, then run `spark store:check`"};
    case SQLITE_NOMEM: return {ErrorKind::unavailable, "there is no memory left; try again"};
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_TOOBIG:
    case SQLITE_RANGE: return {ErrorKind::invalid, "the row does not fit the table"};
    case SQLITE_ERROR:
      return {ErrorKind::unavailable,
              "if a newer program has updated the file meanwhile, this one must be updated, too, and started again; if "
              "not, "
              "run `spark store:check`, and if that finds nothing, it is a bug of ours: please report it"};
    default:
      return {ErrorKind::unavailable,
              "run `spark store:check`; if that finds nothing, this is a bug of ours: please report it"};
  }
}

}  // namespace

Failure::Failure(int code, std::string const& text)
    : Error(meaning_of(code).kind, fmt::format("{} (SQLite code {}): {}.", text, code, meaning_of(code).what_to_do)),
      code_(code) {}

bool Failure::concerns_one_row() const {
  return primary() == SQLITE_CONSTRAINT || primary() == SQLITE_MISMATCH || primary() == SQLITE_TOOBIG;
}

void fail(sqlite3* database, int code) {
  int const extended = database ? sqlite3_extended_errcode(database) : code;
  bool const same = (extended & 0xff) == (code & 0xff);  // the handle may already carry another call's answer
  throw Failure(same ? extended : code, same ? sqlite3_errmsg(database) : sqlite3_errstr(code));
}

void fail_in_commit(Failure const& failure) {
  if (failure.primary() != SQLITE_IOERR) throw failure;
  throw Error::with_unknown_outcome(failure.kind(),
                                    std::string(failure.what()) + " Whether it took place is not known.");
}

}  // namespace kue::sqlite
