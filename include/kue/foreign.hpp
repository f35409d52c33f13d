#pragma once
// Foreign: a transaction of the program's own, which a push or a finish joins: either all of it
// happens, or nothing.
//
//   kue::SqliteTransaction tx(database);                    // <kue/sqlite.hpp>
//   database.run("INSERT INTO orders ...");
//   queue.push(tx, SendReceipt(7));                         // gone with it if the transaction is rolled back
//   tx.commit();
//
// Typed transactions stand in headers of their own, which need that database's header. A Foreign
// belongs to the thread and to the process that began it. The store does its part on the program's
// own connection, and has to outlive the transaction.
// Failure: a push or finish that throws has written nothing; the transaction is as it was before,
// unless the text says otherwise.

#include <functional>
#include <memory>
#include <vector>

namespace kue {

class Foreign {
 public:
  enum class Kind { sqlite, postgres };

  Foreign(Foreign const&) = delete;
  Foreign& operator=(Foreign const&) = delete;

  Kind kind() const { return kind_; }
  void* handle() const { return handle_; }  // sqlite3*, PGconn*
  bool open() const;                        // begun, by this process, and not ended through this object

  // What a store does once the transaction is committed: it wakes who may take the jobs. Nothing is
  // lost without it: a worker looks for itself within about a second.
  void after_commit(std::function<void()> step) { after_commit_.push_back(std::move(step)); }

 protected:
  Foreign(Kind kind, void* handle) : kind_(kind), handle_(handle) {}
  ~Foreign() { ended(); }
  void begun();  // from here on a plain push of this thread to the same store is refused: it would wait for itself
  void ended() noexcept;  // either way
  void committed();       // ended, and well: takes the steps

 private:
  struct Mark;  // shared with the list of the thread that began it
  friend struct OpenTransactions;

  Kind kind_;
  void* handle_;
  std::shared_ptr<Mark> mark_;
  std::vector<std::function<void()>> after_commit_;
};

}  // namespace kue
