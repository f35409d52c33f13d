#include <kue/batch.hpp>

#include <kue/error.hpp>

#include "kue/queues/flush_line.hpp"

#include <utility>

namespace kue {
namespace {

std::size_t bytes_of(Envelope const& job) {
  std::size_t bytes = sizeof job + job.kind.size() + job.queue.size() + job.args.size();
  for (std::string const& tag : job.tags) bytes += sizeof tag + tag.size();
  for (auto const& [key, value] : job.meta) bytes += sizeof key + key.size() + sizeof value + value.size();
  return bytes;
}

// For a request that cannot be accepted. `names` is empty if it had no jobs of its own.
void say_refused(Logger& log, Error const& error, std::string const& names) {
  std::string_view const fate = names.empty()             ? ""
                                : error.outcome_unknown() ? "; these jobs may have been pushed or not: "
                                                          : "; not pushed: ";
  log.error("the flush of a request failed, so it is refused ({}){}{}", error.what(), fate, names);
}

}  // namespace

Batch::Batch(Queue& queue, Logger log, BatchLimits limits) : queue_(&queue), log_(std::move(log)), limits_(limits) {}

Batch::Batch(Flusher& flusher) : Batch(flusher.queue(), flusher.log(), flusher.options().limits) {
  line_ = flusher.line_;
}

Batch::~Batch() { end(); }

Batch::Batch(Batch&& other) noexcept : queue_(other.queue_), log_(other.log_), limits_(other.limits_) { take(other); }

Batch& Batch::operator=(Batch&& other) noexcept {
  if (this == &other) return *this;
  end();
  queue_ = other.queue_;
  log_ = other.log_;
  limits_ = other.limits_;
  take(other);
  return *this;
}

// The other one is then as new.
void Batch::take(Batch& other) noexcept {
  line_ = other.line_;
  state_ = std::exchange(other.state_, State::collecting);
  jobs_ = std::exchange(other.jobs_, {});
  bytes_ = std::exchange(other.bytes_, 0);
  held_.clear();
  held_.swap(other.held_);
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

// ---- over a flusher

void Batch::hold() {
  if (!line_) {
    throw Error(ErrorKind::refused,
                "this batch is over a queue and cannot be sent later; make it over a Flusher, or call flush()");
  }
  detail::Parcels parcel = line_->take(jobs_, bytes_);
  held_.splice(held_.end(), parcel);
  discard();
  state_ = State::handled;
}

bool Batch::handled_without_waiting() {
  if (!line_ || line_->options.flush == Flush::before_response) return false;
  try {
    hold();
    return true;
  } catch (Error const&) {  // no room: flushed before the response, so that nothing is promised that cannot be kept
    return false;
  }
}

void Batch::handled() {
  if (handled_without_waiting()) return;
  try {
    flush();
    state_ = State::handled;
  } catch (...) {
    Error const error = detail::to_error(std::current_exception());
    if (line_) line_->count_refused();
    say_refused(log_, error, names_of(jobs_));
    discard();
    throw error;
  }
}

void Batch::handled(std::function<void(std::exception_ptr)> done) {
  if (handled_without_waiting()) return done(nullptr);
  if (!line_) throw Error(ErrorKind::refused, "this batch is over a queue; an event loop needs one over a Flusher");
  // Nothing of this object: it may be gone when the answer comes, if its connection is. The line keeps the parcel.
  auto tell = [line = line_.get(), names = names_of(jobs_), done = std::move(done)](std::exception_ptr const& thrown) {
    if (!thrown) return done(nullptr);
    Error const error = detail::to_error(thrown);
    line->count_refused();
    say_refused(line->log, error, names);
    done(std::make_exception_ptr(error));
  };
  detail::Parcels one(1);
  one.front() = {.jobs = jobs_, .done = std::move(tell)};
  line_->ask(one);
  state_ = State::handled;
  discard();
}

void Batch::sent() noexcept {
  if (state_ == State::collecting || (line_ && line_->forked_away())) return;
  try {
    if (!jobs_.empty()) hold();
  } catch (...) {  // no room; the end of the batch says which jobs these were
  }
  if (!held_.empty()) line_->send(held_);
  held_.clear();
}

void Batch::end() noexcept {
  sent();
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
