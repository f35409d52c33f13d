#pragma once
// Who works here: nodes (one a worker), their beats, and what they hold.
//
//   auto const beat = store.beat({.node = node, .name = "web-3", .pid = ::getpid()});
//   if (!beat.alive) start_over();
//
// A store judges nobody: it keeps what a node says of itself, and observers decide by their own steady clocks, and by
// the node's lock file where they can see it. Values; no threads, no failure.

#include <kue/claim.hpp>
#include <kue/record.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace kue {

// The file that the processes of a node hold locked (flock) as long as one of them lives. Who finds a file of this name
// that is not this very file (device, inode) knows nothing.
struct LockFile {
  std::string path = {};  // absolute; empty: it has none
  std::uint64_t device = 0, inode = 0;
  bool operator==(LockFile const&) const = default;
};

struct BeatRequest {
  std::uint64_t node = 0;
  std::string name = {};     // of the host, for people
  int pid = 0;               // of the master
  std::string boot_id = {};  // of the host's kernel since it started; empty: not known
  LockFile lock = {};
  bool leaving = false;  // the node's last word: forget it (it must hold nothing, else Error(conflict))
};
struct BeatResult {
  bool alive = true;  // false: declared dead by another; nothing was written
  std::uint64_t epoch =
      0;  // another number than before: the store was restarted, or is another one by now. What was in progress
          // may have been forgotten
};
struct NodeInfo {
  std::uint64_t node = 0;
  std::string name = {};
  int pid = 0;
  std::uint64_t beat = 0;  // counts up; observers compare it with what they saw
  bool dead = false;
  std::string boot_id = {};
  LockFile lock = {};
  std::int64_t running = 0;  // jobs that it holds
};

// Declares a node dead unless it has beaten since.
struct RescueRequest {
  std::uint64_t node = 0;
  std::uint64_t beat_seen = 0;
};
struct RescueResult {
  bool dead = false;
};  // false: it beat meanwhile. The caller then releases running({node}).

struct RunningRequest {
  std::uint64_t node = 0;    // 0: any
  std::uint64_t holder = 0;  // 0: any
};
struct RunningJob {
  Claim claim = {};
  std::string kind = {};
  std::uint64_t node = 0;
  Tally tally = {};
  TimePoint claimed_at{};
  std::optional<TimePoint> cancel_asked_at = {};  // the job is to be stopped: see CancelStatus::asked
};

}  // namespace kue
