#pragma once
// Store: where jobs live. One parameter struct in, one result struct out, batches everywhere.
//
//   auto store = kue::open_store("sqlite:spark.db");
//   store->push({.jobs = envelopes});
//   auto got = store->claim({.node = node, .holder = holder, .max = 10});
//
// A store decides nothing: core::decide() says what follows a run, a store compares and sets, atomically, in batches.
// Every store passes the suite of <kue/testing/conformance.hpp>, and so can yours. What every store has to refuse, and
// the name of the verb in an error, are the guard's (guarded()): a store may rely on it.
//
// Threads: any thread may call any function. Processes: many may open the same store; an object belongs to the process
// that opened it (used after a fork it throws Error(refused)).
// Failure: throws kue::Error; unless outcome_unknown() says otherwise, a call that threw changed nothing.
//
// Two groups of verbs survive differently (capabilities()): `accepted` is what a producer or a person was answered:
// push, cancel, retry, remove, pause, resume. `in_progress` is the rest: claim, finish, release, beat, rescue, prune,
// progress; if it is lost the job runs again.
//
// Fence: every write to a running job names its Claim (kue/claim.hpp). If that is not the job's present one nothing
// changes and the answer is `stale`; repeating a finish or release of the same claim answers `already`.

#include <kue/foreign.hpp>
#include <kue/store/jobs.hpp>
#include <kue/store/looking.hpp>
#include <kue/store/nodes.hpp>
#include <kue/store/upkeep.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kue {

class Error;

enum class Durability { full, process };  // process: what was accepted need not survive a power cut

// One call of a store's verb, for logs and metrics. On the caller's thread, after the call.
struct StoreCall {
  std::string_view verb = {};  // "push"
  std::chrono::nanoseconds took{0};
  std::size_t rows = 0;          // jobs that it was asked for or answered with
  Error const* error = nullptr;  // null: it succeeded
};

struct StoreOptions {
  Clock const* clock = nullptr;  // null: Clock::system()
  Durability durability = Durability::full;
  bool event_log = false;                              // keep every transition, in the transaction that made it
  bool migrate = true;                                 // opening makes the store, or brings it to the newest schema
  std::function<void(StoreCall const&)> on_call = {};  // must not throw, nor call the store
};

struct Survives {
  bool process = false;   // of any process of ours, at any instruction
  bool server = false;    // the store's own process; a file has none, and survives it
  bool power = false;     // of the machine that holds it
  bool failover = false;  // the loss of that machine, to another one
  bool operator==(Survives const&) const = default;
};

struct StoreCapabilities {
  bool across_processes = false;  // memory: false
  bool one_host = false;          // everybody who has it open is on this machine: a file
  bool events = false;
  bool transactions = false;                                        // push_in, finish_in
  Survives accepted = {}, in_progress = {};                         // read back from what holds
  std::int64_t keep_completed_count = limits::kKeepCompletedCount;  // of a queue, if the user says nothing
};

class Store {
 public:
  virtual ~Store() = default;

  // kue/store/jobs.hpp
  virtual PushResult push(PushRequest const& request) = 0;
  virtual ClaimResult claim(ClaimRequest const& request) = 0;
  virtual FinishResult finish(FinishRequest const& request) = 0;
  virtual ReleaseResult release(ReleaseRequest const& request) = 0;
  virtual void progress(ProgressRequest const& request) = 0;
  virtual CancelResult cancel(CancelRequest const& request) = 0;
  virtual RetryResult retry(RetryRequest const& request) = 0;
  virtual RemoveResult remove(RemoveRequest const& request) = 0;

  // In a transaction of the program's own, which commits it or not (kue/foreign.hpp). Stores without it:
  // Error(refused).
  virtual PushResult push_in(Foreign& transaction, PushRequest const& request);
  virtual FinishResult finish_in(Foreign& transaction, FinishRequest const& request);

  // kue/store/nodes.hpp
  virtual BeatResult beat(BeatRequest const& request) = 0;
  virtual std::vector<NodeInfo> nodes() = 0;
  virtual RescueResult rescue(RescueRequest const& request) = 0;
  virtual std::vector<RunningJob> running(RunningRequest const& request) = 0;

  // kue/store/looking.hpp
  virtual std::optional<JobRecord> get(JobId id) = 0;
  virtual QueryResult query(QueryRequest const& request) = 0;
  virtual HeadResult head(HeadRequest const& request) = 0;
  virtual std::vector<QueueCounts> counts() = 0;  // maintained, never a scan of all jobs; by name
  virtual EventsResult events(EventsRequest const& request) = 0;

  // Sleeps until a job may have become claimable in one of the queues, until a time, or until interrupt(). May return
  // early for no reason, and may bring jobs that were handed over. A wake-up between the last claim and this call is
  // not missed.
  virtual WaitResult wait(WaitRequest const& request) = 0;
  // Makes every present and the next future wait() of this object return at once. Async-signal-safe.
  virtual void interrupt() noexcept = 0;
  // Wakes one sleeper of this queue in any process: for a claimer that leaves work behind.
  virtual void wake(std::span<std::string const> queues) noexcept = 0;

  // kue/store/upkeep.hpp
  virtual void pause(PauseRequest const& request) = 0;
  virtual void resume(PauseRequest const& request) = 0;
  virtual PruneResult prune(PruneRequest const& request) = 0;
  virtual void tend() {}  // whatever upkeep it wants about once a second from one of all who have it open
  virtual CheckReport check() = 0;
  virtual StoreInfo info() { return {}; }
  virtual StoreSchema schema() = 0;  // opens nothing for writing
  virtual void
  migrate() = 0;  // to the newest schema; nothing to do if it is there already. One at a time, under a lock

  virtual StoreCapabilities capabilities() const = 0;
  virtual std::string description() const = 0;  // "sqlite:/srv/app/spark.db": absolute, secrets masked
};

// The store behind the checks that all stores share: names and limits of what is asked, transitions of a job's life,
// use after a fork; its errors name the verb and the store. Leaves alone what is guarded already.
std::shared_ptr<Store> guarded(std::shared_ptr<Store> store, StoreOptions const& options = {});

// The kinds of store that a program has, by the scheme of their URLs.
struct StoreDriver {
  std::string scheme = {};   // "sqlite"
  std::string example = {};  // "sqlite:PATH"
  std::string version = {};  // of what it is built on: "SQLite 3.40.1"
  std::function<std::unique_ptr<Store>(std::string const& url, StoreOptions const&)> open = {};
};
std::vector<StoreDriver> const& store_drivers();  // those that were built in

// Opens a store, guarded, and migrates it. With `migrate = false` it touches nothing until it is used, and a store that
// is not there or of an older schema refuses all verbs but schema() and migrate(). Throws Error(invalid) for a URL of
// no driver, and what the driver throws.
std::unique_ptr<Store> open_store(std::string const& url, StoreOptions const& options = {},
                                  std::span<StoreDriver const> drivers = store_drivers());

}  // namespace kue
