#pragma once
// RunContext: the Context of one run in a worker.

#include "kue/worker/run/stop_watch.hpp"

#include <kue/context.hpp>
#include <kue/queue.hpp>
#include <kue/store.hpp>

#include <functional>

namespace kue::worker {

// Writes progress to the store; may throw.
using ProgressSink = std::function<void(Delivery const&, Progress const&)>;

// Ends the run in a transaction of the program's own; may throw.
using FinishSink = std::function<FinishStatus(Foreign&, Delivery const&, Outcome const&, TimePoint started)>;

class RunContext final : public Context {
 public:
  RunContext(Delivery const& delivery, TimePoint started, StopWatch const* watch, Logger log, ProgressSink const* sink,
             FinishSink const* finish = nullptr);
  ~RunContext() override = default;

  JobId id() const override { return delivery_.job.id; }
  std::uint32_t attempt() const override { return delivery_.attempt; }
  std::uint32_t max_attempts() const override { return delivery_.job.max_attempts; }
  std::uint32_t claim_no() const override { return delivery_.claim.claim_no; }
  std::optional<TimePoint> deadline() const override;
  std::stop_token stop_token() const override { return token_; }
  StopCause stop_cause() const override { return watch_ != nullptr ? watch_->cause() : StopCause::none; }
  Logger& log() override { return log_; }
  void progress(int percent, std::string_view note) override;

  void flush_progress();                              // the last one that was held back
  bool finished_itself() const { return finished_; }  // if the transaction was committed

 private:
  void finish_in(Foreign& transaction, std::string result) override;
  void send();

  Delivery const& delivery_;
  TimePoint started_;
  StopWatch const* watch_;
  std::stop_token token_;
  Logger log_;
  ProgressSink const* sink_;
  FinishSink const* finish_;
  bool finished_ = false;
  std::optional<Progress> pending_;
  SteadyPoint next_{};
};

JobMark mark_of(Delivery const& delivery);
// The logger of a job: every line carries KIND#ID attempt=N.
Logger job_logger(Logger const& log, Delivery const& delivery);

}  // namespace kue::worker
