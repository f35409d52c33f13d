#pragma once
// GuardedStore: what surrounds every verb of every store, once: refusals, the verb's name in an error, how long it
// took.
// Made by guarded() of kue/store.hpp.

#include <kue/store.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace kue {

class GuardedStore final : public Store {
 public:
  GuardedStore(std::shared_ptr<Store> store, StoreOptions const& options);

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
  void interrupt() noexcept override { store_->interrupt(); }
  void wake(std::span<std::string const> queues) noexcept override { store_->wake(queues); }

  void pause(PauseRequest const& request) override;
  void resume(PauseRequest const& request) override;
  PruneResult prune(PruneRequest const& request) override;
  void tend() override;
  CheckReport check() override;
  StoreInfo info() override;
  StoreSchema schema() override;
  void migrate() override;

  StoreCapabilities capabilities() const override { return store_->capabilities(); }
  std::string description() const override { return description_; }

 private:
  template <class Body> auto run(std::string_view verb, std::string_view tried, std::size_t rows, Body&& body);
  void refuse_foreign_process() const;  // after a fork, or when a job has closed our descriptors

  std::shared_ptr<Store> store_;
  std::string const description_;
  std::function<void(StoreCall const&)> on_call_;
  int const owner_;  // pid that opened it
};

}  // namespace kue
