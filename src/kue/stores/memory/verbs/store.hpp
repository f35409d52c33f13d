#pragma once
// MemoryStore: the verbs of kue/store.hpp over Tables, under one lock. A file a part of the contract.

#include "kue/stores/memory/process/bell.hpp"
#include "kue/stores/memory/tables/tables.hpp"
#include "kue/stores/memory/verbs/memory_store.hpp"

#include <map>
#include <mutex>

namespace kue::memory {

struct Node : NodeInfo {
  TimePoint beat_at{};  // for prune only; who lives is told by the counter
};

class MemoryStore final : public Store {
 public:
  explicit MemoryStore(StoreOptions const& options);

  PushResult push(PushRequest const& request) override;
  ClaimResult claim(ClaimRequest const& request) override;
  FinishResult finish(FinishRequest const& request) override;
  ReleaseResult release(ReleaseRequest const& request) override;
  void progress(ProgressRequest const& request) override;
  CancelResult cancel(CancelRequest const& request) override;
  RetryResult retry(RetryRequest const& request) override;
  RemoveResult remove(RemoveRequest const& request) override;

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
  CheckReport check() override;
  StoreInfo info() override;
  StoreSchema schema() override;
  void migrate() override {}

  StoreCapabilities capabilities() const override;
  std::string description() const override;

 private:
  using Lock = std::unique_lock<std::mutex>;
  Lock lock() { return Lock(mutex_); }  // every verb's first line

  // All of these are called with the lock held.
  std::vector<FinishStatus> write(Verb verb, std::span<Finish const> items);
  FinishStatus write_one(Verb verb, Finish const& item);
  bool holds(Claim const& claim, Row const* row) const;                    // whether it is the row's last claim
  std::vector<std::string> open_queues(QueueSelector const& asked) const;  // without paused ones and repetitions
  NodeState state_of(std::uint64_t node) const;
  std::int64_t rows_of(std::uint64_t node) const;
  Lanes::const_iterator next_lane(std::vector<std::string> const& queues, QueueSelector::Order order) const;
  bool work_left(std::vector<std::string> const& queues) const;
  void prune_from(std::string const& queue, std::set<Moment> const& oldest_first, TimePoint until, std::int64_t keep,
                  PruneRequest const& request, PruneResult& result);
  void forget_dead_nodes(TimePoint now);

  Clock const& clock_;
  bool const event_log_;

  std::mutex mutex_;
  Bell bell_;
  Tables tables_;
  std::map<std::uint64_t, Node> nodes_;
};

}  // namespace kue::memory
