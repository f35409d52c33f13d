#include "kue/queues/flush_line.hpp"

#include "kue/base/bounded.hpp"
#include "kue/base/own_pid.hpp"
#include "kue/base/signals_blocked.hpp"

#include <kue/error.hpp>

#include <unistd.h>

#include <algorithm>

namespace kue::detail {
namespace {

constexpr std::size_t kMaxJobsACall = 1000;  // a transaction of this size is still short

// About one of the jobs, and not about the queue being away: then the others of the call need not wait for it.
bool concerns_one_job(std::exception_ptr const& thrown) {
  Error const error = to_error(thrown);
  return !error.retryable() && !error.outcome_unknown();
}

std::size_t jobs_in(Parcels const& group) {
  std::size_t jobs = 0;
  for (Parcel const& parcel : group) jobs += parcel.jobs.size();
  return jobs;
}

}  // namespace

Error to_error(std::exception_ptr const& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (Error const& error) {
    return error;
  } catch (std::exception const& error) {
    return {ErrorKind::unavailable, error.what()};
  } catch (...) {
    return {ErrorKind::unavailable, "an exception not derived from std::exception"};
  }
}

// ---- Pace

void Pace::succeeded() { *this = {.batches_a_call = std::min(batches_a_call * 2, kMaxBatchesACall)}; }

// One batch a call after a failure, doubled by each success: finds the one that is refused. At a stop there is no time
// for either.
Millis Pace::failed(FlusherOptions const& options, bool stopping) {
  Millis const doubled = std::min(options.retry_max, options.retry_min * (1 << std::min(failures, 20)));
  Millis const delay = stopping ? options.retry_min : doubled;
  *this = {.failures = failures + 1, .batches_a_call = stopping ? kMaxBatchesACall : 1, .due = Steady::now() + delay};
  return delay;
}

// ---- taking

bool FlushLine::forked_away() const { return owner_ != 0 && owner_ != own_pid(); }  // once a job: no system call

void FlushLine::refuse_after_fork() const {
  if (!forked_away()) return;
  throw Error(ErrorKind::refused, "this Flusher belongs to process " + std::to_string(owner_) +
                                      ", from which this one was forked; make another one after the fork");
}

void FlushLine::start_thread() {
  if (thread_.joinable() || phase_ != Phase::open) return;
  SignalsBlocked const blocked;
  owner_ = ::getpid();
  thread_ = std::thread([this] { run(); });
}

Parcels FlushLine::take(std::vector<Envelope>& jobs, std::size_t bytes) {
  refuse_after_fork();
  Parcels one(1);
  std::lock_guard const lock(mutex_);
  if (jobs.size() > options.max_jobs - room_.jobs || bytes > options.max_bytes - room_.bytes) {
    throw Error(ErrorKind::full, "cannot take " + std::to_string(jobs.size()) +
                                     " jobs for flushing: " + std::to_string(room_.jobs) + " jobs of " +
                                     std::to_string(room_.bytes) + " bytes wait already" +
                                     (pace_.failures > 0 ? ", because their queue does not take them" : "") +
                                     "; flush() the batch yourself, or refuse the request");
  }
  start_thread();
  room_.jobs += jobs.size();
  room_.bytes += bytes;
  one.front() = {.jobs = std::move(jobs), .bytes = bytes};
  return one;
}

void FlushLine::send(Parcels& parcels) {
  {
    std::lock_guard const lock(mutex_);
    if (phase_ != Phase::ended) {
      if (jobs_in(parcels) == 0 && !waiting_.empty()) return;  // what waits flushes the queue too
      waiting_.splice(waiting_.end(), parcels);
      changed_.notify_all();
      return;
    }
  }
  settle(parcels, deliver(parcels));
  give_up_what_waits();
}

void FlushLine::ask(Parcels& parcels) {
  refuse_after_fork();
  {
    std::lock_guard const lock(mutex_);
    if (phase_ != Phase::ended) {
      start_thread();
      asked_.splice(asked_.end(), parcels);
      changed_.notify_all();
      return;
    }
  }
  settle(parcels, deliver(parcels));
}

void FlushLine::flush_again() {
  refuse_after_fork();
  Parcels one(1);
  std::lock_guard const lock(mutex_);
  if (phase_ != Phase::open || !waiting_.empty()) return;
  start_thread();
  pace_.failed(options, false);
  waiting_.splice(waiting_.end(), one);
  changed_.notify_all();
}

// ---- sending

void FlushLine::run() {
  std::unique_lock lock(mutex_);
  while (wait_for_work(lock)) {
    for (Parcels* const from : {&asked_, &waiting_}) {  // in turns: neither holds up the other
      if (from == &asked_ ? asked_.empty() : !due_now()) continue;
      Parcels group = take_group(*from);
      lock.unlock();
      work(group);
      lock.lock();
    }
  }
  phase_ = Phase::ended;
}

// False: it is the end.
bool FlushLine::wait_for_work(std::unique_lock<std::mutex>& lock) {
  while (asked_.empty()) {
    bool const out_of_time = phase_ == Phase::last_tries && Pace::Steady::now() >= deadline_;
    if (phase_ != Phase::open && (waiting_.empty() || out_of_time)) return false;
    if (due_now()) return true;
    if (waiting_.empty()) {
      changed_.wait(lock);
    } else {
      changed_.wait_until(lock, phase_ == Phase::open ? pace_.due : std::min(pace_.due, deadline_));
    }
  }
  return true;
}

Parcels FlushLine::take_group(Parcels& from) {
  Parcels group;
  std::size_t jobs = 0;
  while (!from.empty() && group.size() < pace_.batches_a_call) {
    jobs += from.front().jobs.size();
    if (!group.empty() && jobs > kMaxJobsACall) break;
    group.splice(group.end(), from, from.begin());
  }
  if (phase_ == Phase::closing && &from == &waiting_) phase_ = Phase::last_tries;
  return group;
}

void FlushLine::work(Parcels& group) {
  Answer const answer = deliver(group);
  if (!answer.error || answer.taken || group.size() == 1 || !concerns_one_job(answer.error))
    return settle(group, answer);
  while (!group.empty()) {
    Parcels alone;
    alone.splice(alone.end(), group, group.begin());
    settle(alone, deliver(alone));
  }
}

// One call of the queue, with copies: push_many may move from its argument before it fails.
FlushLine::Answer FlushLine::deliver(Parcels const& group) {
  Answer answer;
  try {
    std::vector<Envelope> jobs;
    for (Parcel const& parcel : group) jobs.insert(jobs.end(), parcel.jobs.begin(), parcel.jobs.end());
    if (!jobs.empty()) queue.push_many(jobs);
    answer.taken = true;
    queue.flush();
  } catch (...) {
    answer.error = std::current_exception();
  }
  return answer;
}

void FlushLine::settle(Parcels& group, Answer const& answer) noexcept {
  Millis again_in{};
  {
    std::lock_guard const lock(mutex_);
    if (answer.taken) counts_.sent += jobs_in(group);
    if (answer.error) {
      ++counts_.failed_flushes;
      again_in = pace_.failed(options, phase_ != Phase::open);
    } else {
      pace_.succeeded();
    }
  }
  if (answer.error) say_that_it_failed(group, answer, again_in);
  for (auto parcel = group.begin(); parcel != group.end();) {
    auto const next = std::next(parcel);
    if (parcel->done) {
      parcel->done(answer.error);
      group.erase(parcel);
    }
    parcel = next;
  }
  std::lock_guard const lock(mutex_);
  for (Parcel& parcel : group) {
    if (answer.taken) release_room(parcel);
  }
  if (answer.error) waiting_.splice(waiting_.end(), group);
}

void FlushLine::say_that_it_failed(Parcels const& group, Answer const& answer, Millis again_in) noexcept try {
  Parcel const& first = group.front();
  if (first.done) return;  // who asked will say so
  std::size_t const jobs = jobs_in(group);
  if (jobs == 0) {
    log.error("the flush of a queue failed ({}); it is flushed again in {} ms", to_error(answer.error).what(),
              again_in.count());
  } else if (answer.taken) {
    log.error("{} jobs were pushed, and the flush of their queue failed ({}); it is flushed again in {} ms", jobs,
              to_error(answer.error).what(), again_in.count());
  } else {
    log.error("flush of {} jobs failed ({}); they wait in memory and are tried again in {} ms: {}{}", jobs,
              to_error(answer.error).what(), again_in.count(), names_of(first.jobs),
              group.size() > 1 ? " and those of " + std::to_string(group.size() - 1) + " more batches" : "");
  }
} catch (...) {  // a log that cannot be written must not end the thread
}

void FlushLine::release_room(Parcel& parcel) {
  room_.jobs -= parcel.jobs.size();
  room_.bytes -= parcel.bytes;
  parcel = {};
}

// ---- the end

bool FlushLine::stop(Millis patience) {
  refuse_after_fork();
  std::lock_guard const one_at_a_time(stopping_);
  {
    std::lock_guard const lock(mutex_);
    deadline_ = Pace::Steady::now() + bounded(patience);
    pace_.hurry();
    if (phase_ == Phase::open) phase_ = thread_.joinable() ? Phase::closing : Phase::ended;
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
  give_up_what_waits();
  std::lock_guard const lock(mutex_);
  return counts_.lost == 0;
}

void FlushLine::give_up_what_waits() {
  Parcels lost;
  {
    std::lock_guard const lock(mutex_);
    lost.swap(waiting_);
    counts_.lost += jobs_in(lost);
  }
  for (Parcel& parcel : lost) {
    if (!parcel.jobs.empty()) {
      try {
        log.error("{} jobs are lost: the process ends and their queue does not take them: {}", parcel.jobs.size(),
                  names_of(parcel.jobs, parcel.jobs.size()));
      } catch (...) {}  // they are counted
    }
    std::lock_guard const lock(mutex_);
    release_room(parcel);
  }
}

void FlushLine::count_refused() {
  std::lock_guard const lock(mutex_);
  ++counts_.refused;
}

FlusherCounts FlushLine::counts() const {
  refuse_after_fork();
  std::lock_guard const lock(mutex_);
  FlusherCounts counts = counts_;
  counts.waiting = room_.jobs;
  return counts;
}

}  // namespace kue::detail
