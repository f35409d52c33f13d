#include <kue/flusher.hpp>

#include "kue/base/own_pid.hpp"

#include <kue/error.hpp>

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <list>
#include <mutex>
#include <thread>

namespace kue {
namespace {

constexpr std::size_t kMaxJobsACall = 1000;  // a transaction of this size is still short
constexpr std::size_t kMaxBatchesACall = 256;

using Steady = std::chrono::steady_clock;

std::string text_of(std::exception_ptr const& error) {
  try {
    std::rethrow_exception(error);
  } catch (std::exception const& known) {
    return known.what();
  } catch (...) {
    return "an exception that is no std::exception";
  }
}

// The new thread takes no signals: those are for the threads of the program.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(SignalsBlocked const&) = delete;
  SignalsBlocked& operator=(SignalsBlocked const&) = delete;

 private:
  sigset_t before_{};
};

// About one of the jobs, and not about the queue being away: then the others of the call need not wait for it.
bool concerns_one_job(std::exception_ptr const& error) {
  try {
    std::rethrow_exception(error);
  } catch (Error const& known) {
    return !known.retryable() && !known.outcome_unknown();
  } catch (...) {
    return false;
  }
}

}  // namespace

// What one batch held, on its way.
struct Flusher::Parcel {
  Queue* queue = nullptr;
  std::vector<Envelope> jobs;
  std::size_t bytes = 0;
  std::function<void(std::exception_ptr)> done;  // set: one try only
};

// `mutex` guards everything below it and is never held over a call of a queue or of `done`.
struct Flusher::Line {
  using Parcels = std::list<Parcel>;
  // What came of one call: a queue may take the jobs and then fail in its own flush.
  struct Answer {
    bool taken = false;
    std::exception_ptr error;
  };

  FlusherOptions const options;
  Logger log;

  std::mutex stopping;  // one stop at a time
  mutable std::mutex mutex;
  std::condition_variable changed;
  Parcels asked;                              // with `done`: first
  Parcels waiting;                            // in order; those that failed went to the end
  std::size_t jobs_kept = 0, bytes_kept = 0;  // of `waiting`, of tickets, and of the call that goes on
  FlusherCounts counts;
  int failures = 0;  // in a row
  std::size_t batches_a_call =
      kMaxBatchesACall;      // one after a failure, doubled by each success: finds the one that is refused
  Steady::time_point due{};  // when `waiting` is tried again
  bool served_asked = false;
  bool closing = false, tried_while_closing = false, ended = false;
  Steady::time_point deadline{};
  std::thread thread;
  std::atomic<pid_t> owner{0};  // the process of the thread; read without the mutex, which a fork may have left locked

  Line(FlusherOptions o, Logger l) : options(o), log(std::move(l)) {}

  bool forked_away() const { return owner != 0 && owner != own_pid(); }  // asked once a job: no system call

  void refuse_after_fork() const {
    if (!forked_away()) return;
    throw Error(ErrorKind::refused, "this Flusher belongs to process " + std::to_string(owner) +
                                        ", from which this one was forked; make another one after the fork");
  }

  void start_thread() {
    if (thread.joinable() || closing) return;
    SignalsBlocked const blocked;
    owner = ::getpid();
    thread = std::thread([this] { run(); });
  }

  Parcels take(Batch& batch) {
    Parcels one(1);
    std::lock_guard const lock(mutex);
    if (batch.size() > options.max_jobs - jobs_kept || batch.bytes() > options.max_bytes - bytes_kept) {
      throw Error(ErrorKind::full, "cannot take " + std::to_string(batch.size()) +
                                       " jobs for flushing: " + std::to_string(jobs_kept) + " jobs of " +
                                       std::to_string(bytes_kept) + " bytes wait already" +
                                       (failures > 0 ? ", because their queue does not take them" : "") +
                                       "; flush() the batch yourself, or refuse the request");
    }
    start_thread();
    jobs_kept += batch.size();
    bytes_kept += batch.bytes();
    one.front() = {.queue = batch.queue_, .jobs = std::move(batch.jobs_), .bytes = batch.bytes_, .done = nullptr};
    batch.discard();
    return one;
  }

  void send(Parcels& one) {
    {
      std::lock_guard const lock(mutex);
      if (!ended) {
        bool const flushes_only = one.front().jobs.empty();
        if (flushes_only && !waiting.empty() && waiting.back().queue == one.front().queue)
          return;  // that one flushes too
        waiting.splice(waiting.end(), one);
        changed.notify_all();
        return;
      }
    }
    settle(one, deliver(one));
    give_up_what_waits();
  }

  void ask(Parcels& one) {
    {
      std::lock_guard const lock(mutex);
      if (!ended) {
        start_thread();
        asked.splice(asked.end(), one);
        changed.notify_all();
        return;
      }
    }
    settle(one, deliver(one));
  }

  void run() {
    std::unique_lock lock(mutex);
    while (wait_for_work(lock)) {
      bool const due_now = !waiting.empty() && Steady::now() >= due;
      served_asked = !asked.empty() && !(due_now && served_asked);  // in turns, if both have work
      Parcels group = take_group(served_asked ? asked : waiting);
      lock.unlock();
      work(group);
      lock.lock();
    }
    ended = true;
  }

  // False: it is the end.
  bool wait_for_work(std::unique_lock<std::mutex>& lock) {
    while (asked.empty()) {
      auto const now = Steady::now();
      if (closing && (waiting.empty() || (tried_while_closing && now >= deadline))) return false;
      if (!waiting.empty() && now >= due) return true;
      if (waiting.empty()) {
        changed.wait(lock);
      } else {
        changed.wait_until(lock, closing ? std::min(due, deadline) : due);
      }
    }
    return true;
  }

  Parcels take_group(Parcels& from) {
    Parcels group;
    std::size_t jobs = 0;
    while (!from.empty() && group.size() < batches_a_call) {
      Parcel const& next = from.front();
      jobs += next.jobs.size();
      if (!group.empty() && (next.queue != group.front().queue || jobs > kMaxJobsACall)) break;
      group.splice(group.end(), from, from.begin());
    }
    tried_while_closing = closing;
    return group;
  }

  void work(Parcels& group) {
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
  Answer deliver(Parcels const& group) {
    Answer answer;
    try {
      Queue& queue = *group.front().queue;
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

  void settle(Parcels& group, Answer const& answer) noexcept {
    Millis again_in{};
    {
      std::lock_guard const lock(mutex);
      count(group, answer);
      again_in = learn_from(answer);
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
    std::lock_guard const lock(mutex);
    for (Parcel& parcel : group) {
      if (answer.taken) release_room(parcel);
    }
    if (answer.error) waiting.splice(waiting.end(), group);
  }

  void count(Parcels const& group, Answer const& answer) {
    if (answer.error) ++counts.failed_flushes;
    for (Parcel const& parcel : group) counts.sent += answer.taken ? parcel.jobs.size() : 0;
  }

  Millis learn_from(Answer const& answer) {
    if (!answer.error) {
      failures = 0;
      batches_a_call = std::min(batches_a_call * 2, kMaxBatchesACall);
      due = {};
      return Millis(0);
    }
    batches_a_call = closing ? kMaxBatchesACall : 1;
    Millis const delay = next_delay();
    due = Steady::now() + delay;
    ++failures;
    return delay;
  }

  Millis next_delay() const {
    if (closing) return options.retry_min;
    return std::min(options.retry_max, options.retry_min * (1 << std::min(failures, 20)));
  }

  void say_that_it_failed(Parcels const& group, Answer const& answer, Millis again_in) noexcept try {
    Parcel const& first = group.front();
    if (first.done) return;  // who asked will say so
    std::size_t jobs = 0;
    for (Parcel const& parcel : group) jobs += parcel.jobs.size();
    if (jobs == 0) {
      log.error("the flush of a queue failed ({}); it is flushed again in {} ms", text_of(answer.error),
                again_in.count());
    } else if (answer.taken) {
      log.error("{} jobs were pushed, and the flush of their queue failed ({}); it is flushed again in {} ms", jobs,
                text_of(answer.error), again_in.count());
    } else {
      log.error("flush of {} jobs failed ({}); they wait in memory and are tried again in {} ms: {}{}", jobs,
                text_of(answer.error), again_in.count(), names_of(first.jobs),
                group.size() > 1 ? " and those of " + std::to_string(group.size() - 1) + " more batches" : "");
    }
  } catch (...) {  // a log that cannot be written must not end the thread
  }

  void release_room(Parcel& parcel) {
    jobs_kept -= parcel.jobs.size();
    bytes_kept -= parcel.bytes;
    parcel.jobs.clear();
    parcel.bytes = 0;
  }

  bool stop(Millis patience) {
    std::lock_guard const one_at_a_time(stopping);
    {
      std::lock_guard const lock(mutex);
      closing = true;
      deadline = Steady::now() + patience;
      due = {};
      batches_a_call = kMaxBatchesACall;
      if (!thread.joinable()) ended = true;
      changed.notify_all();
    }
    if (thread.joinable()) thread.join();
    give_up_what_waits();
    std::lock_guard const lock(mutex);
    return counts.lost == 0;
  }

  void give_up_what_waits() {
    Parcels lost;
    {
      std::lock_guard const lock(mutex);
      lost.swap(waiting);
      for (Parcel& parcel : lost) counts.lost += parcel.jobs.size();
    }
    for (Parcel& parcel : lost) {
      say_that_it_is_lost(parcel);
      std::lock_guard const lock(mutex);
      release_room(parcel);
    }
  }

  void say_that_it_is_lost(Parcel const& parcel) noexcept try {
    if (parcel.jobs.empty()) return;
    log.error("{} jobs are lost: the process ends and their queue does not take them: {}", parcel.jobs.size(),
              names_of(parcel.jobs, parcel.jobs.size()));
  } catch (...) {}
};

Flusher::Flusher(FlusherOptions options, Logger log) : line_(std::make_shared<Line>(options, std::move(log))) {}

Flusher::~Flusher() {
  if (line_->forked_away()) {  // the thread, its lock and the jobs are the parent's: abandoned here, never destroyed
    new std::shared_ptr<Line>(line_);
    return;
  }
  line_->stop(line_->options.stop_timeout);
}

void Flusher::flush(Batch&& batch) { (void)hold(std::move(batch)); }

Flusher::Ticket Flusher::hold(Batch&& batch) {
  line_->refuse_after_fork();
  return {line_, line_->take(batch)};
}

void Flusher::flush(Batch&& batch, std::function<void(std::exception_ptr)> done) {
  line_->refuse_after_fork();
  std::list<Parcel> one(1);
  one.front() = {.queue = batch.queue_, .jobs = std::move(batch.jobs_), .bytes = 0, .done = std::move(done)};
  batch.discard();
  line_->ask(one);
}

bool Flusher::stop(Millis patience) {
  line_->refuse_after_fork();
  return line_->stop(patience);
}

FlusherCounts Flusher::counts() const {
  line_->refuse_after_fork();
  std::lock_guard const lock(line_->mutex);
  FlusherCounts counts = line_->counts;
  counts.waiting = line_->jobs_kept;
  return counts;
}

Flusher::Ticket::Ticket() = default;
Flusher::Ticket::Ticket(std::shared_ptr<Line> line, std::list<Parcel> parcel)
    : line_(std::move(line)), parcel_(std::move(parcel)) {}
Flusher::Ticket::Ticket(Ticket&& other) noexcept : line_(std::move(other.line_)) { parcel_.swap(other.parcel_); }

Flusher::Ticket::~Ticket() { send(); }

Flusher::Ticket& Flusher::Ticket::operator=(Ticket&& other) noexcept {
  if (this == &other) return *this;
  send();
  line_ = std::move(other.line_);
  parcel_.swap(other.parcel_);
  return *this;
}

void Flusher::Ticket::send() noexcept {
  if (parcel_.empty() || line_->forked_away()) return;
  line_->send(parcel_);
  parcel_.clear();
}

}  // namespace kue
