#pragma once
// Connection: one SQLite handle with its prepared statements. Used by one thread at a time (the store's mutexes).

#include "kue/stores/sqlite/batch_table.hpp"
#include "kue/stores/sqlite/location.hpp"
#include "kue/stores/sqlite/statement.hpp"

#include <sql_texts.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace kue::sqlite {

enum class Sync { normal, full };  // normal: a commit survives the process, full: also a power cut

class Connection {
 public:
  enum class Mode { write, look };                                         // look: makes no file and writes to none
  explicit Connection(Location const& location, Mode mode = Mode::write);  // opens or makes the file; touches nothing in it
  ~Connection();
  Connection(Connection const&) = delete;
  Connection& operator=(Connection const&) = delete;

  // Settings of one of our own files (see schema.cpp): after these no statement waits longer than `patience`.
  void settle(Sync sync);

  void run(std::string_view sql);             // one or several texts without results
  std::int64_t number(std::string_view sql);  // the first column of the first row
  std::string word(std::string_view sql);
  std::int64_t changes() const;

  // Binds in order. Texts are not copied: bind what outlives the statement, never a temporary.
  template <class... A> Use use(Sql sql, A const&... values) { return Use(prepared(sql), values...); }
  // For statements without rows of interest.
  template <class... A> void execute(Sql sql, A const&... values) {
    Use statement(prepared(sql), values...);
    while (statement.step()) {}
  }

  // The same for statements that read the table batch.
  template <class... A> Use use_for(BatchTable::Rows const& rows, Sql sql, A const&... values) {
    batch_.lend(rows);
    return use(sql, values...);
  }
  template <class... A> void execute_for(BatchTable::Rows const& rows, Sql sql, A const&... values) {
    batch_.lend(rows);
    execute(sql, values...);
  }

  sqlite3* handle() const { return handle_; }
  bool read_only() const;
  bool gathers_wal() const;
  int wal_frames() const { return wal_frames_; }  // in the WAL after this connection's last commit

  // How long a statement may wait for a lock from now on.
  void patience(std::chrono::milliseconds at_most);

 private:
  sqlite3_stmt* prepared(Sql sql);
  void keep_pages_until_commit();
  static int on_busy(void* self, int calls);
  static int on_commit(void* self, sqlite3* database, char const* name, int frames);

  sqlite3* handle_ = nullptr;
  BatchTable batch_;
  std::array<Statement, kSqlCount> statements_;
  std::chrono::steady_clock::time_point give_up_at_{};
  int wal_frames_ = 0;
};

}  // namespace kue::sqlite
