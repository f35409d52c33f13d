#pragma once
// WriteLock: a write transaction of the file, in the order in which its writers came. Undone at the end unless
// committed.
//
//   WriteLock lock(connection, turnstile);
//   ...
//   lock.commit();

#include "kue/stores/sqlite/file/connection.hpp"
#include "kue/stores/sqlite/file/turnstile.hpp"

#include <chrono>

namespace kue::sqlite {

class WriteLock {
 public:
  static constexpr std::chrono::seconds kPatience{10};  // for SQLite's lock, in all

  // Without a turnstile: the caller stands in it already.
  explicit WriteLock(Connection& connection, Turnstile* turnstile = nullptr,
                     std::chrono::milliseconds patience = kPatience);
  ~WriteLock();
  WriteLock(WriteLock const&) = delete;
  WriteLock& operator=(WriteLock const&) = delete;

  void commit();

 private:
  void leave();

  Connection& connection_;
  Turnstile* turnstile_;
};

// One state of the file for several looks.
class Snapshot {
 public:
  explicit Snapshot(Connection& connection);
  ~Snapshot();
  Snapshot(Snapshot const&) = delete;
  Snapshot& operator=(Snapshot const&) = delete;

 private:
  Connection& connection_;
};

}  // namespace kue::sqlite
