#pragma once
// Foreign: a transaction of the program's own, which a push or a finish joins: either all of it happens, or nothing.
//
//   kue::SqliteTransaction tx(database);                    // <kue/sqlite.hpp>
//   database.run("INSERT INTO orders ...");
//   queue.push(tx, SendReceipt(7));                         // gone with it if the transaction is
//   tx.commit();
//
// Typed transactions stand in headers of their own, which need that database's header. A Foreign belongs to one thread, and
// to one process; the store's part of it is done by the store on the program's own connection.

#include <functional>
#include <utility>
#include <vector>

namespace kue {

class Foreign {
 public:
  enum class Kind { sqlite, postgres };

  Foreign(Foreign const&) = delete;
  Foreign& operator=(Foreign const&) = delete;

  Kind kind() const { return kind_; }
  void* handle() const { return handle_; }  // sqlite3*, PGconn*

  // What a store does once the transaction is committed: it wakes who may take the jobs. Nothing is lost without it: a worker
  // looks for itself within a second.
  void after_commit(std::function<void()> step) { after_commit_.push_back(std::move(step)); }

 protected:
  Foreign(Kind kind, void* handle) : kind_(kind), handle_(handle) {}
  ~Foreign() = default;
  void committed() {
    for (auto const& step : std::exchange(after_commit_, {})) step();
  }

 private:
  Kind kind_;
  void* handle_;
  std::vector<std::function<void()>> after_commit_;
};

}  // namespace kue
