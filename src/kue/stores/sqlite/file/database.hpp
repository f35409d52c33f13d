#pragma once
// Database: one file and all that its writers, readers and sleepers share. It knows nothing of jobs.
//
//   database.write([](Connection& db) { db.execute(...); return AfterCommit{.wakes = {{mask, 1}}}; });
//   database.sync();                                             // survives a power cut from here on
//   auto rows = database.look([](Connection& db) { ... });      // of one moment
//
// Nothing is opened before it is needed. Writes go through one connection, looks through another. Order of locks: the
// connection's mutex, then the turnstile, then SQLite's.

#include "kue/stores/sqlite/file/checkpointer.hpp"
#include "kue/stores/sqlite/file/connection.hpp"
#include "kue/stores/sqlite/file/disk_space.hpp"
#include "kue/stores/sqlite/file/format.hpp"
#include "kue/stores/sqlite/file/group.hpp"
#include "kue/stores/sqlite/file/location.hpp"
#include "kue/stores/sqlite/file/turnstile.hpp"
#include "kue/stores/sqlite/file/wake_file.hpp"
#include "kue/stores/sqlite/file/wal_file.hpp"
#include "kue/stores/sqlite/file/write_lock.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace kue::sqlite {

// Done once a write is committed, outside of its lock.
struct AfterCommit {
  std::map<std::uint32_t, int> wakes = {};  // sleepers by mask: how many have work
  bool in_a_hurry = false;  // somebody has work to do after the commit: what may be tidied up later is left to others
};

std::int64_t size_of(std::string const& file);  // 0: not there

class Database {
 public:
  struct Rules {
    bool power = true;  // sync() makes durable; else it does nothing
  };
  // `write_group` writes what several threads ask for as one: see group.hpp.
  Database(Location location, Rules rules, Format const& format, Group::Write write_group);
  ~Database();

  Location const& location() const { return location_; }
  Rules const& rules() const { return rules_; }

  // What is there, without making, writing or locking anything. Throws Failure.
  struct Found : Format::Found {
    bool exists = false;
  };
  Found found() const;
  std::string obstacle() const;  // why this user, or anybody, cannot use a file here; empty: nothing known
  void migrate();

  // Throws Error(refused) for a file that is missing, or not of the newest format, and in a thread that has a
  // transaction of its own open on the file (own_transaction.hpp).
  void write(std::function<AfterCommit(Connection&)> const& body);
  void sync();
  template <class Body> auto look(Body&& body) {
    std::unique_lock const held(looking_);
    Connection& connection = looker();
    connection.patience(std::chrono::seconds(10));
    Snapshot const snapshot(connection);
    return body(connection);
  }
  bool ring(AfterCommit const& done) noexcept;  // for a commit that others made, too; true: somebody was woken

  Group& group();  // for a write: as write()
  void refuse_when_full(std::int64_t bytes);

  WakeFile& wake_file();
  // Makes every present and the next future sleep() return. Async-signal-safe.
  void interrupt() noexcept;
  bool interrupted(std::uint32_t since) const { return interrupts_.load() != since; }
  std::uint32_t interrupts() const { return interrupts_.load(); }
  bool take_interrupt() { return interrupted_.exchange(false); }

  using Facts = std::vector<std::pair<std::string, std::string>>;
  Facts facts();  // read back from what holds

  void abandon() noexcept;  // in a forked child: forgets everything, closes nothing

 private:
  struct Open;
  Open& open();
  Connection& looker();
  void refuse_what_must_migrate() const;
  std::unique_ptr<Connection> prepare(bool migrate);
  void open_with(std::unique_ptr<Connection> writer);

  Location const location_;
  Rules const rules_;
  Format const& format_;
  Group::Write const write_group_;
  int const owner_;  // pid that made it

  std::mutex opening_;
  std::unique_ptr<Open> owned_;
  std::atomic<Open*> open_{nullptr};

  std::mutex writing_;
  std::mutex looking_;
  std::unique_ptr<Connection> look_;

  std::atomic<std::uint32_t> interrupts_{0};
  std::atomic<bool> interrupted_{false};
};

}  // namespace kue::sqlite
