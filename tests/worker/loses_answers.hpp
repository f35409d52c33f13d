#pragma once
// LosesAnswers: a store whose first claim of each process is done, and whose answer never comes: as a connection that
// is cut between the two. For tests of real workers.

#include <kue/error.hpp>
#include <kue/store.hpp>

#include <memory>
#include <utility>

namespace zoo {

class LosesAnswers final : public kue::Store {
 public:
  explicit LosesAnswers(std::unique_ptr<kue::Store> behind) : behind_(std::move(behind)) {}

  kue::ClaimResult claim(kue::ClaimRequest const& request) override {
    kue::ClaimResult result = behind_->claim(request);
    if (result.jobs.empty() || std::exchange(lost_, true)) return result;
    throw kue::Error::with_unknown_outcome(kue::ErrorKind::unavailable,
                                           "the connection was cut while the answer was awaited");
  }

  kue::PushResult push(kue::PushRequest const& request) override { return behind_->push(request); }
  kue::FinishResult finish(kue::FinishRequest const& request) override { return behind_->finish(request); }
  kue::ReleaseResult release(kue::ReleaseRequest const& request) override { return behind_->release(request); }
  void progress(kue::ProgressRequest const& request) override { behind_->progress(request); }
  kue::CancelResult cancel(kue::CancelRequest const& request) override { return behind_->cancel(request); }
  kue::RetryResult retry(kue::RetryRequest const& request) override { return behind_->retry(request); }
  kue::RemoveResult remove(kue::RemoveRequest const& request) override { return behind_->remove(request); }
  kue::BeatResult beat(kue::BeatRequest const& request) override { return behind_->beat(request); }
  std::vector<kue::NodeInfo> nodes() override { return behind_->nodes(); }
  kue::RescueResult rescue(kue::RescueRequest const& request) override { return behind_->rescue(request); }
  std::vector<kue::RunningJob> running(kue::RunningRequest const& request) override {
    return behind_->running(request);
  }
  std::optional<kue::JobRecord> get(kue::JobId id) override { return behind_->get(id); }
  kue::QueryResult query(kue::QueryRequest const& request) override { return behind_->query(request); }
  kue::HeadResult head(kue::HeadRequest const& request) override { return behind_->head(request); }
  std::vector<kue::QueueCounts> counts() override { return behind_->counts(); }
  kue::EventsResult events(kue::EventsRequest const& request) override { return behind_->events(request); }
  kue::WaitResult wait(kue::WaitRequest const& request) override { return behind_->wait(request); }
  void interrupt() noexcept override { behind_->interrupt(); }
  void wake(std::span<std::string const> queues) noexcept override { behind_->wake(queues); }
  void pause(kue::PauseRequest const& request) override { behind_->pause(request); }
  void resume(kue::PauseRequest const& request) override { behind_->resume(request); }
  kue::PruneResult prune(kue::PruneRequest const& request) override { return behind_->prune(request); }
  void tend() override { behind_->tend(); }
  kue::CheckReport check() override { return behind_->check(); }
  kue::StoreSchema schema() override { return behind_->schema(); }
  void migrate() override { behind_->migrate(); }
  kue::StoreCapabilities capabilities() const override { return behind_->capabilities(); }
  std::string description() const override { return behind_->description(); }

 private:
  std::unique_ptr<kue::Store> behind_;
  bool lost_ = false;
};

}  // namespace zoo
