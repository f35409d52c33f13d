#pragma once
// SqliteStore: the verbs of kue/store.hpp over one file. A verb's file has its name.
//
// Connections: writes go through `writer_`, looks through `look_`. A commit survives the process; what must survive a power cut
// is synced after it, with all locks given back (group.hpp). Order of locks: writing_ or looking_, then the turnstile, then SQLite's.

#include "kue/stores/sqlite/checkpointer.hpp"
#include "kue/stores/sqlite/connection.hpp"
#include "kue/stores/sqlite/disk_space.hpp"
#include "kue/stores/sqlite/failure.hpp"
#include "kue/stores/sqlite/group.hpp"
#include "kue/stores/sqlite/location.hpp"
#include "kue/stores/sqlite/lookout.hpp"
#include "kue/stores/sqlite/sqlite_store.hpp"
#include "kue/stores/sqlite/transaction.hpp"
#include "kue/stores/sqlite/turnstile.hpp"
#include "kue/stores/sqlite/wake_file.hpp"
#include "kue/stores/sqlite/wal_file.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace kue::sqlite {

class SqliteStore final : public Store {
 public:
  SqliteStore(Location location, StoreOptions const& options);
  ~SqliteStore() override;

  PushResult push(PushRequest const& request) override;
  ClaimResult claim(ClaimRequest const& request) override;
  FinishResult finish(FinishRequest const& request) override;
  ReleaseResult release(ReleaseRequest const& request) override;
  void progress(ProgressRequest const& request) override;

  CancelResult cancel(CancelRequest const& request) override;
  RetryResult retry(RetryRequest const& request) override;
  RemoveResult remove(RemoveRequest const& request) override;
  void pause(PauseRequest const& request) override;
  void resume(PauseRequest const& request) override;

  BeatResult beat(BeatRequest const& request) override;
  std::vector<NodeInfo> nodes() override;
  RescueResult rescue(RescueRequest const& request) override;
  std::vector<RunningJob> running(RunningRequest const& request) override;

  std::optional<JobRecord> get(JobId id) override;
  QueryResult query(QueryRequest const& request) override;
  HeadResult head(HeadRequest const& request) override;
  std::vector<QueueCounts> counts() override;

  PruneResult prune(PruneRequest const& request) override;
  CheckReport check() override;
  StoreInfo info() override;
  std::vector<Event> events(EventsRequest const& request) override;

  void wait(WaitRequest const& request) override;
  void interrupt() noexcept override;
  void wake(std::span<std::string const> queues) noexcept override;
  void look_out() override;

  StoreCapabilities capabilities() const override;
  std::string description() const override;

 private:
  void refuse_foreign_descriptors(std::string_view tried) const;  // after a fork, or when a job has closed ours
  void refuse_after_fork(std::string_view tried) const;
  bool sleep(WaitRequest const& request, SteadyPoint until, std::uint32_t interrupts, std::uint32_t commits, Lookout& lookout);
  void wake_whoever_may_work();
  TimePoint now();  // never falls while this object lives

  // Runs body(Transaction&) and commits; then wakes and tidies. Throws kue::Error only. Sync::full, for what a producer or a person
  // asked for: returns when it would survive a power cut, too, unless the store is not to.
  template <class Body> auto write(Sync sync, std::string_view tried, Body&& body);
  void commit(std::string_view tried, std::function<void(Transaction&)> const& body);
  void make_durable(std::string_view tried);
  // Runs body(Connection&) in one snapshot.
  template <class Body> auto look(std::string_view tried, Body&& body);
  void after_commit(Transaction const& done) noexcept;
  struct Old;  // a job that prune may remove
  std::vector<Old> find_old(PruneRequest const& request, PruneResult& result);
  std::int64_t drop(std::vector<Old> const& old, std::size_t from, std::size_t count, PruneResult& result);
  void forget_dead_nodes();
  void forget_empty_stretches();
  void push_group(std::vector<Group::Member*> const& members);

  Location const location_;
  Clock const& clock_;
  Durability const durability_;
  bool const event_log_;
  int const owner_;  // pid that opened it

  std::atomic<std::int64_t> last_now_{0};
  std::mutex writing_;
  std::unique_ptr<Connection> writer_;  // first of all: nothing is made beside a file that is refused
  WalFile wal_;
  WakeFile wake_;
  Turnstile turnstile_;
  Lookout lookout_;  // of look_out(); one that waits has its own
  DiskSpace disk_;
  Checkpointer checkpointer_;
  Group group_;

  std::mutex looking_;
  std::unique_ptr<Connection> look_;

  std::atomic<std::uint32_t> interrupts_{0};
  std::atomic<bool> interrupted_{false};
};

template <class Body> auto SqliteStore::write(Sync sync, std::string_view tried, Body&& body) {
  using Result = decltype(body(std::declval<Transaction&>()));
  if constexpr (std::is_void_v<Result>) {
    commit(tried, body);
    if (sync == Sync::full) make_durable(tried);
  } else {
    std::optional<Result> result;
    commit(tried, [&](Transaction& transaction) { result.emplace(body(transaction)); });
    if (sync == Sync::full) make_durable(tried);
    return *std::move(result);
  }
}

template <class Body> auto SqliteStore::look(std::string_view tried, Body&& body) {
  refuse_foreign_descriptors(tried);
  try {
    std::unique_lock const held(looking_);
    if (!look_) {
      look_ = std::make_unique<Connection>(location_);
      look_->settle(Sync::normal);
    }
    look_->patience(std::chrono::seconds(10));
    Snapshot const snapshot(*look_);
    return body(*look_);
  } catch (Failure const& failure) {
    throw to_error(failure, tried, description());
  }
}

}  // namespace kue::sqlite
