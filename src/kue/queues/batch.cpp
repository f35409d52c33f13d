#include <kue/batch.hpp>

#include <kue/error.hpp>

#include <utility>

namespace kue {
namespace {

std::size_t bytes_of(Envelope const& job) {
  std::size_t bytes = sizeof job + job.kind.size() + job.queue.size() + job.args.size();
  for (std::string const& tag : job.tags) bytes += sizeof tag + tag.size();
  for (auto const& [key, value] : job.meta) bytes += sizeof key + key.size() + sizeof value + value.size();
  return bytes;
}

}  // namespace

Batch::Batch(Queue& queue, Logger log, BatchLimits limits) : queue_(&queue), log_(std::move(log)), limits_(limits) {}

Batch::~Batch() { say_what_is_dropped(); }

Batch::Batch(Batch&& other) noexcept
    : queue_(other.queue_),
      log_(other.log_),
      limits_(other.limits_),
      jobs_(std::exchange(other.jobs_, {})),
      bytes_(std::exchange(other.bytes_, 0)) {}

Batch& Batch::operator=(Batch&& other) noexcept {
  if (this == &other) return *this;
  say_what_is_dropped();
  queue_ = other.queue_;
  log_ = other.log_;
  limits_ = other.limits_;
  jobs_ = std::exchange(other.jobs_, {});
  bytes_ = std::exchange(other.bytes_, 0);
  return *this;
}

Pushed Batch::push(Envelope job) {
  job.check();
  JobId const id = job.id;
  queue_->check(job);
  std::size_t const bytes = bytes_of(job);
  if (jobs_.size() >= limits_.max_jobs || bytes > limits_.max_bytes - bytes_) {
    throw Error(ErrorKind::full, "cannot push " + job.kind + " to this batch: it holds " +
                                     std::to_string(jobs_.size()) + " jobs of " + std::to_string(bytes_) +
                                     " bytes, at most " + std::to_string(limits_.max_jobs) + " of " +
                                     std::to_string(limits_.max_bytes) +
                                     " bytes are allowed; flush() it first, or push the rest with Queue::push_many");
  }
  jobs_.push_back(std::move(job));
  bytes_ += bytes;
  return {id, PushStatus::collected};
}

void Batch::flush() {
  if (!jobs_.empty()) {
    std::vector<Envelope> jobs = jobs_;  // push_many may move from its argument before it fails
    queue_->push_many(jobs);
    discard();  // they are the queue's now, whatever becomes of its own flush
  }
  queue_->flush();
}

void Batch::discard() noexcept {
  jobs_.clear();
  bytes_ = 0;
}

void Batch::say_what_is_dropped() noexcept {
  if (jobs_.empty()) return;
  try {
    log_.warn("a batch ended without flush(): {} jobs were not pushed: {}", jobs_.size(),
              names_of(jobs_, limits_.max_jobs));
  } catch (...) {  // no memory for the line: nothing left to say it with
  }
}

std::string names_of(std::vector<Envelope> const& jobs, std::size_t at_most) {
  std::string names;
  for (std::size_t i = 0; i < jobs.size() && i < at_most; ++i)
    names += (i ? ", " : "") + jobs[i].kind + "#" + jobs[i].id.str();
  if (jobs.size() > at_most) names += " and " + std::to_string(jobs.size() - at_most) + " more";
  return names;
}

}  // namespace kue
