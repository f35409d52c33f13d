#pragma once
// MemoryStore: the verbs of kue/store.hpp over Tables, under one lock. A verb's file has its name.

#include "kue/stores/memory/bell.hpp"
#include "kue/stores/memory/memory_store.hpp"
#include "kue/stores/memory/tables.hpp"

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

  StoreCapabilities capabilities() const override;
  std::string description() const override;

 private:
  using Lock = std::unique_lock<std::mutex>;
  Lock lock();  // every verb's first line; throws Error(refused) in a process that did not open the store

  // All of these are called with the lock held.
  std::vector<FinishStatus> write(Verb verb, std::span<Finish const> items);
  FinishStatus write_one(Verb verb, Finish const& item);
  std::vector<std::string> open_queues(std::span<std::string const> asked) const;  // without paused ones and repetitions
  bool alive(std::uint64_t node) const;
  std::int64_t rows_of(std::uint64_t node) const;
  std::optional<Turn> next_turn(std::vector<std::string> const& queues, bool by_preference) const;
  Claimed take(Row& record, ClaimRequest const& request);
  bool work_left(std::vector<std::string> const& queues) const;
  void prune_from(std::string const& queue, std::set<Moment> const& oldest_first, TimePoint until, std::int64_t keep, PruneRequest const& request,
                  PruneResult& result);
  void forget_dead_nodes(TimePoint now);
  void record_event(Verb verb, JobRecord const& record, std::optional<State> from, std::optional<State> to, Reason reason);
  void record_stale(Verb verb, Finish const& item);

  Clock const& clock_;
  bool const event_log_;
  int const owner_;  // pid that opened it

  std::mutex mutex_;
  Tables tables_;
  std::map<std::uint64_t, Node> nodes_;
  std::vector<Event> events_;
  Bell bell_;
};

}  // namespace kue::memory
