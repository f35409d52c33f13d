#pragma once
// SqliteStore: the verbs of kue/store.hpp over one file. A file a part of the contract; they call tables, and tables
// the file.
//
// A commit survives the process; what must survive a power cut is synced after it, with all locks given back
// (group.hpp).

#include "kue/stores/sqlite/file/database.hpp"
#include "kue/stores/sqlite/tables/tables.hpp"
#include "kue/stores/sqlite/verbs/sqlite_store.hpp"

#include <atomic>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace kue::sqlite {

class SqliteStore final : public Store {
 public:
  SqliteStore(Location location, Database::Rules rules, StoreOptions const& options);

  PushResult push(PushRequest const& request) override;
  ClaimResult claim(ClaimRequest const& request) override;
  FinishResult finish(FinishRequest const& request) override;
  ReleaseResult release(ReleaseRequest const& request) override;
  void progress(ProgressRequest const& request) override;
  CancelResult cancel(CancelRequest const& request) override;
  RetryResult retry(RetryRequest const& request) override;
  RemoveResult remove(RemoveRequest const& request) override;
  PushResult push_in(Foreign& transaction, PushRequest const& request) override;
  FinishResult finish_in(Foreign& transaction, FinishRequest const& request) override;

  BeatResult beat(BeatRequest const& request) override;
  std::vector<NodeInfo> nodes() override;
  RescueResult rescue(RescueRequest const& request) override;
  std::vector<RunningJob> running(RunningRequest const& request) override;

  std::optional<JobRecord> get(JobId id) override;
  QueryResult query(QueryRequest const& request) override;
  HeadResult head(HeadRequest const& request) override;
  std::vector<QueueCounts> counts() override;
  EventsResult events(EventsRequest const& request) override;

  WaitResult wait(WaitRequest const& request) override;
  void interrupt() noexcept override;
  void wake(std::span<std::string const> queues) noexcept override;

  void pause(PauseRequest const& request) override;
  void resume(PauseRequest const& request) override;
  PruneResult prune(PruneRequest const& request) override;
  void tend() override;
  CheckReport check() override;
  StoreInfo info() override;
  StoreSchema schema() override;
  void migrate() override;

  StoreCapabilities capabilities() const override;
  std::string description() const override;

 private:
  TimePoint now();  // never falls while this object lives

  // Runs body(Tables&) in one transaction. sync: for what a producer or a person asked for; returns when it would
  // survive a power cut, too, unless the store is not to.
  enum class Sync { none, power };
  template <class Body> auto write(Sync sync, Body&& body);
  template <class Body> auto write_in(Foreign& transaction, Body&& body);  // the same in the program's own transaction
  void refuse_when_full(PushRequest const& request);
  void push_group(std::vector<Group::Member*> const& members);

  bool sleep(WaitRequest const& request, SteadyPoint until, std::uint32_t interrupts, std::uint32_t commits);
  void wake_whoever_may_work();

  struct Old;  // a job that prune may remove
  std::vector<Old> find_old(PruneRequest const& request, PruneResult& result);
  std::int64_t drop(std::span<Old const> old, PruneResult& result);
  void forget_dead_nodes();

  Clock const& clock_;
  bool const event_log_;
  std::atomic<std::int64_t> last_now_{0};
  Database file_;
};

template <class Body> auto SqliteStore::write(Sync sync, Body&& body) {
  using Result = decltype(body(std::declval<Tables&>()));
  std::optional<Result> result;
  file_.write([&](Connection& db) {
    Ledger ledger(
        db, now(),
        event_log_);  // the clock is read here, with the lock held: a time from before the wait would be older than
    Tables tables(ledger);  // what others wrote meanwhile, and a job would be claimed before its run_at
    result.emplace(body(tables));
    return ledger.close();
  });
  if (sync == Sync::power) file_.sync();
  return *std::move(result);
}

}  // namespace kue::sqlite
