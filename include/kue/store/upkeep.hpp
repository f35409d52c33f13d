#pragma once
// Keeping the place tidy and in order: pause, prune, check, info, schema.
//
//   store.prune({.retention = {.usual = {.completed = 1h}}});
//   for (std::string const& problem : store.check().problems) fmt::print("{}\n", problem);
//
// Values; no threads, no failure.

#include <kue/clock.hpp>
#include <kue/limits.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace kue {

struct PauseRequest {
  std::string queue = {};
};

// How long the final jobs of a queue stay, counted from their end. 0: until the next prune.
struct Keep {
  Millis completed = limits::kKeepCompleted;  // also of cancelled
  Millis discarded = limits::kKeepDiscarded;
  std::int64_t completed_count = limits::kKeepCompletedCount;  // the newest completed and cancelled kept at most
  bool operator==(Keep const&) const = default;
};
struct Retention {
  Keep usual = {};
  std::map<std::string, Keep> queues = {};  // of these instead
  Keep const& of(std::string const& queue) const {
    auto const own = queues.find(queue);
    return own == queues.end() ? usual : own->second;
  }
  bool operator==(Retention const&) const = default;
};
// Queue by queue in the order of their names, in each the oldest first, completed and cancelled before discarded.
struct PruneRequest {
  Retention retention = {};
  std::string queue = {};           // only this one; empty: all
  int limit = limits::kPruneBatch;  // rows of this call. Locks are shorter: other writers get in between
  bool dry_run = false;             // counts what all calls together would prune, and changes nothing
};
struct PruneResult {
  std::int64_t pruned = 0;
  bool more = false;                                  // another call has work
  std::map<std::string, std::int64_t> by_queue = {};  // those that something was pruned from
};

struct CheckReport {
  bool ok() const { return problems.empty(); }
  std::vector<std::string> problems = {};  // sentences, with ids
  std::vector<std::string> facts = {};     // what was looked at: rows, sizes, settings
};

struct StoreFact {
  std::string name = {};   // "journal_mode"
  std::string value = {};  // "wal"; numbers without unit: bytes and counts
};
// The place itself, for an operator: read back from what holds, not from what was asked for. Cheap: no scan.
struct StoreInfo {
  std::vector<StoreFact> facts = {};
};

// What is there, as far as can be told without making, writing or updating anything.
struct StoreSchema {
  bool exists = false;
  int version = 0;                    // of what is stored; 0: nothing in it yet
  int newest = 0;                     // that this program knows and migrate() makes of it
  std::string place = {};             // where it is, for people: an absolute file, a server and its database
  std::vector<StoreFact> facts = {};  // what stands out before anything is opened: "file_system"
  std::string refused_because = {};   // this program cannot use it, and why; empty: it can
  bool current() const { return exists && version == newest && refused_because.empty(); }
};

}  // namespace kue
