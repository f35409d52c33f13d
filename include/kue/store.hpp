#pragma once
// Store: where jobs live. One parameter struct in, one result struct out, batches everywhere.
//
//   auto store = kue::open_store("sqlite:spark.db");
//   store->push({.jobs = envelopes});
//   auto got = store->claim({.node = node, .holder = holder, .max = 10});
//
// A store decides nothing: core::decide() says what follows a run, a store compares and sets, atomically, in batches.
// Every store passes the suite of <kue/testing/conformance.hpp>, and so can yours.
//
// Threads: any thread may call any function. Processes: many may open the same store; an object belongs to the process
// that opened it (used after a fork it throws Error(refused)).
// Failure: throws kue::Error; unless outcome_unknown() says otherwise, a call that threw changed nothing.
// Durability: push, cancel, retry, remove, pause and resume survive a power cut when they return (durability "full"); claim,
// finish, release, beat, rescue, prune and progress survive the death of any process, and may be lost in a power cut.
//
// Fence: every write to a running job names its holder and its claim. If the job is not running for that holder under that
// claim nothing changes and the answer is `stale`; repeating a finish or release of the same claim answers `already`.

#include <kue/record.hpp>

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace kue {

enum class Durability { full, process };  // process: the first group above too may be lost in a power cut

struct StoreOptions {
  Clock const* clock = nullptr;  // null: Clock::system()
  Durability durability = Durability::full;
  bool event_log = false;  // keep every transition, in the transaction that made it
};

// ---- push
// The store checks the jobs (Envelope::check): one that is wrong is Error(invalid), and none of them is kept.
enum class PushStatus : std::uint8_t { pushed, already };  // already: this id was pushed before; one id is one job
struct PushRequest {
  std::span<Envelope const> jobs = {};
};
struct PushResult {
  std::vector<PushStatus> statuses = {};
};  // one a job, in order

// ---- finish, release: what a run came to. Both are the same write; the verb says who speaks and lands in the event.
struct Transition {
  State to = State::completed;
  Reason reason = Reason::completed;
  Millis delay{0};   // scheduled, retryable: run_at = the store's now + delay. available: 0, keeps its place
  Tally tally = {};  // the counters from now on
  bool operator==(Transition const&) const = default;
};
struct Finish {
  JobId id = {};
  std::uint64_t holder = 0;
  std::int64_t seq = 0;        // as it was claimed, part of the fence; a store may find the row by it. 0: not known
  std::string queue = {};      // as it was claimed: a store may count by it without a look. Empty: not known
  std::uint32_t claim_no = 0;  // of the claim that ends; a holder may claim the same job again. 0: its last one
  Transition transition = {};
  std::optional<TimePoint> started_at = {};  // when run began, if it did
  std::optional<Attempt> attempt = {};       // kept in the job's history; none for completed, returned, lost_call
  std::string result = {};                   // JSON
};
enum class FinishStatus : std::uint8_t { applied, already, stale };
struct FinishRequest {
  std::span<Finish const> items = {};
};
struct FinishResult {
  std::vector<FinishStatus> statuses = {};
};
using ReleaseRequest = FinishRequest;
using ReleaseResult = FinishResult;

// ---- claim: takes up to `max` due jobs, by priority then arrival; scheduled and retryable jobs whose time has come
// are made available in the same step. `finishes` are written first, in the same transaction.
struct ClaimRequest {
  std::uint64_t node = 0;  // must be alive: see beat
  std::uint64_t holder = 0;
  std::span<std::string const> queues = {};  // in order of preference; empty: all
  int max = 1;
  std::span<Finish const> finishes = {};
};
struct Claimed {
  Envelope job = {};
  std::int64_t seq = 0;
  std::uint32_t claim_no = 0;
  Tally tally = {};
  TimePoint claimed_at{};
};
struct ClaimResult {
  bool node_dead = false;          // this node was declared dead (or never beat): nothing claimed, start over
  std::vector<Claimed> jobs = {};  // a job with crashes or node losses always comes alone
  std::vector<FinishStatus> finishes = {};
  bool more = false;                       // due work was left for these queues: wake another
  std::optional<TimePoint> next_due = {};  // earliest scheduled or retryable job of these queues
};

// ---- progress
struct ProgressItem {
  JobId id = {};
  std::uint64_t holder = 0;
  Progress progress = {};
};
struct ProgressRequest {
  std::span<ProgressItem const> items = {};
};  // stale items are ignored

// ---- cancel, retry, remove, pause, resume
// asked: it is running, and only its holder may end it. The row is marked: the worker asks the job to stop, and kills it after
// a grace. Whatever the run comes to, a job that is marked does not wait again: a finish or release that would make it
// available, scheduled or retryable makes it cancelled instead, with the counters that it had.
enum class CancelStatus : std::uint8_t { cancelled, asked, final, not_found };
struct CancelRequest {
  std::span<JobId const> ids = {};
};
struct CancelResult {
  std::vector<CancelStatus> statuses = {};
};
enum class RetryStatus : std::uint8_t { retried, not_final, completed, not_found };  // retried: available, counters at 0
struct RetryRequest {
  std::span<JobId const> ids = {};
};
struct RetryResult {
  std::vector<RetryStatus> statuses = {};
};
// removed: gone, with its history. `only`: leave alone what is in another state by now (other_state); empty: any but running.
enum class RemoveStatus : std::uint8_t { removed, running, other_state, not_found };
struct RemoveRequest {
  std::span<JobId const> ids = {};
  std::vector<State> only = {};
};
struct RemoveResult {
  std::vector<RemoveStatus> statuses = {};
};
struct PauseRequest {
  std::string queue = {};
};

// ---- nodes
struct BeatRequest {
  std::uint64_t node = 0;
  std::string name = {};  // host name, for people
  int pid = 0;            // of the master
  bool leaving = false;   // the node's last word: forget it (it must hold nothing)
};
struct BeatResult {
  bool alive = true;
};  // false: declared dead by another; nothing was written
struct NodeInfo {
  std::uint64_t node = 0;
  std::string name = {};
  int pid = 0;
  std::uint64_t beat = 0;  // counts up; observers compare it with what they saw, by their own steady clock
  bool dead = false;
  bool gone = false;         // the store knows for certain that no process of the node lives (SQLite: its lock file is free)
  std::int64_t running = 0;  // rows it holds
};
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
  JobId id = {};
  std::string kind = {};
  std::string queue = {};
  std::uint64_t holder = 0;
  std::uint64_t node = 0;
  std::uint32_t claim_no = 0;
  Tally tally = {};
  TimePoint claimed_at{};
  std::optional<TimePoint> cancel_asked_at = {};  // the job is to be stopped: see CancelStatus::asked
};

// ---- looking
struct Filter {
  std::vector<State> states = {};                                    // empty: all
  std::string queue = {}, kind = {}, tag = {};                       // empty: any
  std::string error = {};                                            // in the type or message of the last run that failed; empty: any
  std::optional<TimePoint> inserted_from = {}, inserted_until = {};  // pushed at this time or later; before this time
};
struct QueryRequest {
  Filter filter = {};
  bool newest_first = true;  // by seq
  int limit = 50;            // 1 to 1000
  std::string cursor = {};   // of the page before; empty: the first
};
struct QueryResult {
  std::vector<JobRecord> jobs = {};
  std::string cursor = {};
};  // cursor empty: no more

struct QueueCounts {
  std::string queue = {};
  bool paused = false;
  std::array<std::int64_t, kStateCount> by_state{};
  std::int64_t of(State s) const { return by_state[static_cast<std::size_t>(s)]; }
};

// The front of one queue, from indexes alone.
struct HeadRequest {
  std::string queue = {};
};
struct HeadResult {
  // Since when something has waited here: the earliest run_at of the jobs that stand first in their priority. Jobs that came
  // due in another order than they arrived in may have waited longer.
  std::optional<TimePoint> waiting_since = {};
  std::optional<TimePoint> next_due = {};  // the earliest scheduled or retryable job whose time has not come
};

// ---- keeping the place tidy
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
  std::map<std::string, std::int64_t> by_queue = {};  // those of which something was pruned
};

struct CheckReport {
  bool ok() const { return problems.empty(); }
  std::vector<std::string> problems = {};  // sentences, with ids
  std::vector<std::string> facts = {};     // what was looked at: rows, sizes, settings
};

// The place itself, for an operator: read back from what holds, not from what was asked for. Cheap: no scan.
struct StoreInfo {
  struct Fact {
    std::string name = {};   // "journal_mode"
    std::string value = {};  // "wal"; numbers without unit: bytes and counts
  };
  std::vector<Fact> facts = {};
};

// ---- events: kept if StoreOptions::event_log
struct Event {
  std::int64_t seq = 0;
  TimePoint at{};
  JobId id = {};
  Verb verb = Verb::push;
  std::optional<State> from = {}, to = {};
  Reason reason = Reason::pushed;
  std::uint32_t claim_no = 0;
  std::uint64_t holder = 0;
  std::uint64_t node = 0;
  bool stale = false;  // a write that was refused by the fence; from and to are what it asked for
};
struct EventsRequest {
  std::int64_t after = 0;
  int limit = 10'000;
};

struct WaitRequest {
  std::span<std::string const> queues = {};  // empty: all
  SteadyPoint until{};
};

struct StoreCapabilities {
  bool across_processes = false;  // memory: false
  bool events = false;
};

class Store {
 public:
  virtual ~Store() = default;

  virtual PushResult push(PushRequest const& request) = 0;
  virtual ClaimResult claim(ClaimRequest const& request) = 0;
  virtual FinishResult finish(FinishRequest const& request) = 0;
  virtual ReleaseResult release(ReleaseRequest const& request) = 0;
  virtual void progress(ProgressRequest const& request) = 0;

  virtual CancelResult cancel(CancelRequest const& request) = 0;
  virtual RetryResult retry(RetryRequest const& request) = 0;
  virtual RemoveResult remove(RemoveRequest const& request) = 0;
  virtual void pause(PauseRequest const& request) = 0;
  virtual void resume(PauseRequest const& request) = 0;

  virtual BeatResult beat(BeatRequest const& request) = 0;
  virtual std::vector<NodeInfo> nodes() = 0;
  virtual RescueResult rescue(RescueRequest const& request) = 0;
  virtual std::vector<RunningJob> running(RunningRequest const& request) = 0;

  virtual std::optional<JobRecord> get(JobId id) = 0;
  virtual QueryResult query(QueryRequest const& request) = 0;
  virtual HeadResult head(HeadRequest const& request) = 0;
  virtual std::vector<QueueCounts> counts() = 0;  // maintained, never a scan of all jobs; by name

  virtual PruneResult prune(PruneRequest const& request) = 0;
  virtual CheckReport check() = 0;
  virtual StoreInfo info() { return {}; }
  virtual std::vector<Event> events(EventsRequest const& request) = 0;

  // Sleeps until a job may have become claimable in one of the queues, until a time, or until interrupt().
  // May return early for no reason. A wake-up between the last claim and this call is not missed.
  virtual void wait(WaitRequest const& request) = 0;
  // Makes every present and the next future wait() of this object return at once. Async-signal-safe.
  virtual void interrupt() noexcept = 0;
  // Wakes one sleeper of this queue in any process: for a claimer that leaves work behind.
  virtual void wake(std::span<std::string const> queues) noexcept = 0;

  // For all who sleep, in any process: looks whether there is work that nobody was woken for, because the one who was to do it was killed
  // after its commit, and wakes them. Called once a second (a worker's keeper does) it spares each of them a look of its own.
  virtual void look_out() {}

  virtual StoreCapabilities capabilities() const = 0;
  virtual std::string description() const = 0;  // "sqlite:/srv/app/spark.db": absolute, secrets masked
};

// sqlite:PATH (or sqlite:///abs/path), memory:. Throws Error(invalid) for another URL, and what the store's opening throws.
std::unique_ptr<Store> open_store(std::string const& url, StoreOptions const& options = {});

// What is at a URL, without making, opening for writing or updating anything. Throws as open_store.
struct StoreSchema {
  bool exists = false;
  int version = 0;               // 0: nothing in it yet
  int newest = 0;                // that this program knows and updates to
  std::string file = {};         // absolute; empty: the store is no file
  std::string file_system = {};  // "ext4"; empty: not known
  bool network = false;          // on a file system of the network: opening it is refused
};
StoreSchema store_schema(std::string const& url);

// The file whose flock says that a node lives, for stores on this machine; empty for others. The master of a worker
// holds it locked, its children inherit the lock; when nobody holds it the node is gone.
std::string node_lock_file(std::string const& url, std::uint64_t node);

}  // namespace kue
