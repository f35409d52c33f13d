#pragma once
// A store without a check of its own, as a stranger writes one: it notes which verb came through, and throws if it is
// told to.

#include <kue/error.hpp>
#include <kue/store.hpp>

#include <optional>
#include <string>
#include <vector>

namespace kue::guard_tests {

struct StubStore final : Store {
  std::vector<std::string> came;
  std::optional<Error> error;
  std::size_t answers = 0;  // rows of each answer
  std::uint64_t epoch = 1;

  void note(char const* verb) {
    came.emplace_back(verb);
    if (error) throw Error(*error);
  }
  template <class Result> Result noted(char const* verb, Result result) { return note(verb), result; }

  PushResult push(PushRequest const& r) override {
    return noted("push", PushResult{std::vector<PushStatus>(r.jobs.size())});
  }
  ClaimResult claim(ClaimRequest const& r) override {
    return noted("claim", ClaimResult{.jobs = std::vector<Claimed>(answers),
                                      .finishes = std::vector<FinishStatus>(r.finishes.size())});
  }
  FinishResult finish(FinishRequest const& r) override {
    return noted("finish", FinishResult{std::vector<FinishStatus>(r.items.size())});
  }
  ReleaseResult release(ReleaseRequest const& r) override {
    return noted("release", ReleaseResult{std::vector<FinishStatus>(r.items.size())});
  }
  void progress(ProgressRequest const&) override { note("progress"); }
  CancelResult cancel(CancelRequest const& r) override {
    return noted("cancel", CancelResult{std::vector<CancelStatus>(r.ids.size())});
  }
  RetryResult retry(RetryRequest const& r) override {
    return noted("retry", RetryResult{std::vector<RetryStatus>(r.ids.size())});
  }
  RemoveResult remove(RemoveRequest const& r) override {
    return noted("remove", RemoveResult{std::vector<RemoveStatus>(r.ids.size())});
  }
  BeatResult beat(BeatRequest const&) override { return noted("beat", BeatResult{.epoch = epoch}); }
  std::vector<NodeInfo> nodes() override { return noted("nodes", std::vector<NodeInfo>(answers)); }
  RescueResult rescue(RescueRequest const&) override { return noted("rescue", RescueResult{}); }
  std::vector<RunningJob> running(RunningRequest const&) override {
    return noted("running", std::vector<RunningJob>(answers));
  }
  std::optional<JobRecord> get(JobId) override { return noted("get", std::optional<JobRecord>()); }
  QueryResult query(QueryRequest const&) override {
    return noted("query", QueryResult{.jobs = std::vector<JobRecord>(answers)});
  }
  HeadResult head(HeadRequest const&) override { return noted("head", HeadResult{}); }
  std::vector<QueueCounts> counts() override { return noted("counts", std::vector<QueueCounts>(answers)); }
  EventsResult events(EventsRequest const&) override {
    return noted("events", EventsResult{.events = std::vector<Event>(answers)});
  }
  WaitResult wait(WaitRequest const&) override { return noted("wait", WaitResult{}); }
  void interrupt() noexcept override { came.emplace_back("interrupt"); }
  void wake(std::span<std::string const>) noexcept override { came.emplace_back("wake"); }
  void pause(PauseRequest const&) override { note("pause"); }
  void resume(PauseRequest const&) override { note("resume"); }
  PruneResult prune(PruneRequest const&) override {
    return noted("prune", PruneResult{.pruned = static_cast<std::int64_t>(answers)});
  }
  void tend() override { note("tend"); }
  CheckReport check() override { return noted("check", CheckReport{}); }
  StoreInfo info() override { return noted("info", StoreInfo{}); }
  StoreSchema schema() override { return noted("schema", StoreSchema{.place = "nowhere"}); }
  void migrate() override { note("migrate"); }
  StoreCapabilities capabilities() const override { return {.events = true}; }
  std::string description() const override { return "stub:here"; }
};

}  // namespace kue::guard_tests
