#pragma once
// Connection: one SQLite handle with its prepared statements. Used by one thread at a time.
//
//   auto row = connection.use(Sql::get, id);         // a statement by its name in one enum of texts, prepared once
//   connection.execute_for(rows, Sql::claim_take, holder);
//
// The enum and its texts belong to the storey above; text(name) is found beside it.

#include "kue/stores/sqlite/file/batch_table.hpp"
#include "kue/stores/sqlite/file/location.hpp"
#include "kue/stores/sqlite/file/statement.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace kue::sqlite {

enum class Sync { normal, full };  // normal: a commit survives the process, full: also a power cut

class Connection {
 public:
  enum class Mode { write, look };  // look: makes no file and writes to none
  explicit Connection(Location const& location,
                      Mode mode = Mode::write);  // opens or makes the file; touches nothing in it
  explicit Connection(sqlite3* foreign);         // the program's own handle: lent, with its own settings, and left open
  ~Connection();
  Connection(Connection const&) = delete;
  Connection& operator=(Connection const&) = delete;

  // Settings of one of our own files (see schema.cpp): after these no statement waits longer than `patience`.
  void settle(Sync sync);

  // A transaction. The write lock is taken at once, not at the first write: one that began by reading could not get it
  // any more.
  void begin_write() { once(begin_write_, "BEGIN IMMEDIATE"); }
  void begin_look() { once(begin_look_, "BEGIN"); }
  void commit() { once(commit_, "COMMIT"); }

  void run(std::string_view sql);             // one or several texts without results
  std::int64_t number(std::string_view sql);  // the first column of the first row
  std::string word(std::string_view sql);
  std::int64_t changes() const;
  std::int64_t last_number() const;  // the rowid of the last INSERT

  // Binds in order. Texts are not copied: bind what outlives the statement, never a temporary.
  template <class Name, class... A> Use use(Name sql, A const&... values) { return Use(prepared(sql), values...); }
  // For statements without rows of interest.
  template <class Name, class... A> void execute(Name sql, A const&... values) {
    Use statement(prepared(sql), values...);
    while (statement.step()) {}
  }

  // The same for statements that read the table kue_batch.
  template <class Name, class... A> Use use_for(BatchTable::Rows const& rows, Name sql, A const&... values) {
    batch_.lend(rows);
    return use(sql, values...);
  }
  template <class Name, class... A> void execute_for(BatchTable::Rows const& rows, Name sql, A const&... values) {
    batch_.lend(rows);
    execute(sql, values...);
  }

  sqlite3* handle() const { return handle_; }
  bool read_only() const;
  bool in_transaction() const;
  bool gathers_wal() const;
  int wal_frames() const { return wal_frames_; }  // in the WAL after this connection's last commit

  // How long a statement may wait for a lock from now on.
  void patience(std::chrono::milliseconds at_most);

 private:
  template <class Name> sqlite3_stmt* prepared(Name sql) {
    auto const index = static_cast<std::size_t>(sql);
    if (index >= statements_.size()) statements_.resize(index + 1);
    if (!statements_[index]) statements_[index] = Statement(handle_, text(sql));
    return statements_[index].handle();
  }
  void keep_pages_until_commit();
  void once(Statement& statement, std::string_view sql);
  static int on_busy(void* self, int calls);
  static int on_commit(void* self, sqlite3* database, char const* name, int frames);

  sqlite3* handle_ = nullptr;
  BatchTable batch_;
  bool const lent_ = false;
  Statement begin_write_, begin_look_, commit_;
  std::vector<Statement> statements_;
  std::chrono::steady_clock::time_point give_up_at_{};
  int wal_frames_ = 0;
};

}  // namespace kue::sqlite
