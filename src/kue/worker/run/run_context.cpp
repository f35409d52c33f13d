#include "kue/worker/run/run_context.hpp"

#include "kue/core/safe_text.hpp"

#include <kue/error.hpp>

#include <algorithm>
#include <exception>

namespace kue::worker {
namespace {

constexpr Millis kProgressEvery{250};  // a page that shows it looks no more often; each one is a write to the store

}  // namespace

JobMark mark_of(Delivery const& delivery) {
  JobMark here = current_job();  // usually this very run's: its text is made once
  if (here && here.id() == delivery.job.id && here.attempt() == delivery.attempt && here.kind() == delivery.job.kind)
    return here;
  return JobMark(delivery.job.id, delivery.job.kind, delivery.attempt);
}

Logger job_logger(Logger const& log, Delivery const& delivery) { return log.for_job(mark_of(delivery)); }

RunContext::RunContext(Delivery const& delivery, TimePoint started, StopWatch const* watch, Logger log,
                       ProgressSink const* sink, FinishSink const* finish)
    : delivery_(delivery),
      started_(started),
      watch_(watch),
      token_(watch != nullptr ? watch->token() : std::stop_token()),
      log_(std::move(log)),
      sink_(sink),
      finish_(finish) {}

std::optional<TimePoint> RunContext::deadline() const {
  if (delivery_.job.timeout.count() == 0) return std::nullopt;
  return started_ + delivery_.job.timeout;
}

void RunContext::progress(int percent, std::string_view note) {
  pending_ = Progress{std::clamp(percent, 0, 100), std::string(note)};
  if (Clock::system().steady_now() >= next_) send();
}

void RunContext::flush_progress() {
  if (pending_ && !finished_) send();  // it would be a write more, to a job that has ended
}

void RunContext::finish_in(Foreign& transaction, std::string result) {
  if (finish_ == nullptr || !*finish_) return Context::finish_in(transaction, std::move(result));
  FinishStatus const status =
      (*finish_)(transaction, delivery_, {.kind = Outcome::Kind::completed, .result = std::move(result)}, started_);
  if (status == FinishStatus::stale) {
    throw Error(ErrorKind::stale, "finish(transaction): the job is no longer this run's; another run has it or had it. "
                                  "Roll the transaction back");
  }
  if (status == FinishStatus::already)
    throw Error(ErrorKind::refused, "finish(transaction): it was called before in this run; a run ends once");
  finished_ = true;
}

void RunContext::send() {
  next_ = Clock::system().steady_now() + kProgressEvery;
  if (sink_ == nullptr || !*sink_) return;
  try {
    pending_->note = core::safe_text(pending_->note, limits::kMaxHeadTextBytes);
    (*sink_)(delivery_, *pending_);
    pending_.reset();
  } catch (std::exception const& error) {
    log_.debug("progress not written: {}", error.what());  // kept; the next one replaces it
  }
}

}  // namespace kue::worker
