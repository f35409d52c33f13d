#pragma once
// Checkpointer: copies the WAL into the database now and then, so that it does not grow without end.
//
// SQLite's own checkpoints are off everywhere. Whoever has committed and sees about 1,000 frames that were not copied
// tries a lock and copies, PASSIVE, on a connection of its own while the connection that has just committed holds the
// write lock: so nobody can begin a new round of the WAL meanwhile (which old SQLite versions could get wrong), and no
// reader is waited for. The WAL is synced once before the lock if others write, too, and begun again after it, so that
// no commit with a waiter pays for the sync or the restart.

#include "kue/stores/sqlite/file/connection.hpp"
#include "kue/stores/sqlite/file/location.hpp"
#include "kue/stores/sqlite/file/turnstile.hpp"
#include "kue/stores/sqlite/file/wake_file.hpp"
#include "kue/stores/sqlite/file/wal_file.hpp"

#include <functional>
#include <memory>
#include <string>

namespace kue::sqlite {

class Checkpointer {
 public:
  // `touch` writes one page: the first commit after a whole checkpoint begins the WAL again and syncs its head, which
  // is better done here than by the next one.
  using Touch = std::function<void(Connection&)>;
  Checkpointer(Location const& location, WakeFile& shared, Turnstile& turnstile, Touch touch)
      : location_(location),
        shared_(shared),
        turnstile_(turnstile),
        touch_(std::move(touch)),
        wal_(location.wal()),
        others_(turnstile.others()) {}

  bool due(Connection const& writer, bool in_a_hurry) const noexcept;

  // After a commit of `writer`, outside of the turnstile, through which it goes in its turn. Never throws: a commit
  // that has happened must not fail for the tidying after it.
  void after_commit(Connection& writer) noexcept;

  void abandon() noexcept {  // in a forked child
    (void)connection_.release();
    wal_.abandon();
  }

  static constexpr int kFrames = 1000;
  // When somebody waits for what was committed: a checkpoint takes milliseconds with the write lock held. The commits
  // after that, of ends, are in no hurry. With one threshold for both, 1 claim of 1,000 waited 10 ms instead of 6
  // (docs/decisions/0016). With room below what the log has in reserve for a full disk (kWalBytes) for a large commit:
  // 330 frames, 1.3 MB.
  static constexpr int kFramesInAHurry = 1700;

 private:
  bool alone();
  void copy(Connection& writer);
  void begin_anew(Connection& writer);

  Location const location_;
  WakeFile& shared_;
  Turnstile& turnstile_;
  Touch touch_;
  WalFile wal_;
  std::uint32_t others_;  // of the turnstile, at the last one
  std::unique_ptr<Connection> connection_;
};

}  // namespace kue::sqlite
