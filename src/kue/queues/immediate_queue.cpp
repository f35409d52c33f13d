#include <kue/immediate_queue.hpp>

#include <kue/error.hpp>

namespace kue {
namespace {

class ImmediateContext final : public Context {
 public:
  ImmediateContext(Envelope const& job, Logger log) : job_(job), log_(std::move(log)) {}

  JobId id() const override { return job_.id; }
  std::uint32_t attempt() const override { return 1; }
  std::uint32_t max_attempts() const override { return job_.max_attempts; }
  std::optional<TimePoint> deadline() const override {
    if (job_.timeout.count() == 0) return std::nullopt;
    return started_ + job_.timeout;
  }
  std::stop_token stop_token() const override { return {}; }  // nobody stops a run that its own pusher waits for
  StopCause stop_cause() const override { return StopCause::none; }
  Logger& log() override { return log_; }
  void progress(int percent, std::string_view note) override { log_.debug("{} % {}", percent, note); }

 private:
  Envelope const& job_;
  Logger log_;
  TimePoint started_ = Clock::system().now();
};

}  // namespace

ImmediateQueue::ImmediateQueue(Registry const& registry, Services& services, Logger log)
    : registry_(registry), services_(services), log_(std::move(log)) {}

Pushed ImmediateQueue::push(Envelope job) {
  job.check();
  JobId const id = job.id;
  JobType const* type = registry_.find(job.kind);
  if (type == nullptr) {
    auto const nearest = registry_.suggest(job.kind);
    throw Error(ErrorKind::not_found,
                "no job class '" + job.kind + "' is registered here" +
                    (nearest ? "; did you mean '" + *nearest + "'?" : "; add it with jobs<...>()"));
  }
  JobScope const scope(JobMark(job.id, job.kind, 1));
  ImmediateContext context(job, log_.for_job(current_job()));
  Outcome outcome = type->run(job.args, context, services_);
  outcomes_.emplace_back(std::move(job), std::move(outcome));
  return {id};
}

std::optional<Delivery> ImmediateQueue::pop(Millis /*wait*/) { return std::nullopt; }

}  // namespace kue
