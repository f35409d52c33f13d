#include "kue/worker/child.hpp"

#include "kue/core/decide.hpp"
#include "kue/worker/signals.hpp"

#include <kue/error.hpp>

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/prctl.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <iostream>

namespace kue::worker {
namespace {

constexpr Millis kForeignWait{1000};  // a queue of the user's may not know interrupt(): it is left at least once a second
constexpr Millis kStoreWait{5000};    // ours stops at once
constexpr Millis kEmptyWait{100};     // when the worker is to leave as soon as nothing is left
constexpr Millis kLeaveIt{1000};
constexpr Millis kNap{50};

}  // namespace

void Child::live() {
  settle();
  try {
    boot();
  } catch (std::exception const& error) {
    report_boot_failure(slot(), error);
    leave(1);
  }
  slot().boot.store(static_cast<std::uint32_t>(Boot::ready), std::memory_order_release);
  work();
  watch_.reset();  // it interrupts the queue, so it goes first
  runner_.reset();
  services_.reset();
  queue_.reset();
  leave(0);
}

void Child::settle() {
  set_log_role("child");
  // A group of its own: Ctrl-C in a terminal reaches the master only, and a hard kill reaches the programs that a job started.
  ::setpgid(0, 0);
  ::prctl(PR_SET_NAME, "spark-child");
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != post_.master_pid) ::_exit(0);  // it died before the line above: no signal will come
  post_.board.keep_only(post_.slot_index);
  slot().pid = ::getpid();
  set_child_signals(slot());
  if (int const null = ::open("/dev/null", O_RDONLY | O_CLOEXEC); null >= 0) {
    ::dup2(null, STDIN_FILENO);  // a background process that reads the terminal would be stopped
    if (null != STDIN_FILENO) ::close(null);
  }
  std::uint64_t const holder = random_bits();
  slot().holder.store(holder, std::memory_order_release);  // before the first claim: the keeper releases by it
  post_.set_holder(holder);
}

void Child::boot() {
  EventInfo born;
  born.event = WorkerEvent::after_fork;
  born.pid = ::getpid();
  post_.emit(born);
  sentinel_.emplace();
  queue_ = open_queue(post_.parts);
  with_store_ = store_queue_in(*queue_);
  writer_.emplace(*queue_, with_store_, log(), [this](Millis trouble) {
    rest(trouble);
    // At a stop there is a deadline: the entry keeps the outcome, and the keeper, who lives longer, writes it.
    bool const leave_it = with_store_ != nullptr && watch_->stopping() && trouble >= kLeaveIt;
    return !leave_it;
  });
  services_ = services_of(post_.parts);
  std::vector<std::string> const missing = post_.worker.registry().missing(*services_);
  if (!missing.empty()) {
    std::string text;
    for (std::string const& sentence : missing) text += (text.empty() ? "" : "; ") + sentence;
    throw Error(ErrorKind::refused, text);
  }
  queue_->process(post_.worker);
  runner_ = std::make_unique<Runner>(post_.worker.registry(), *services_, log(), post_.emit,
                                     [this](Delivery const& delivery, Progress const& progress) { note_progress(delivery, progress); });
  Header const& header = post_.board.header();
  watch_ = std::make_unique<StopWatch>(
      slot().bell, StopWatch::Rules{
                       .stop_asked = [this, &header] { return slot().stop.load() != 0 || header.stop.load() != 0; },
                       .on_stop = [this] { queue_->interrupt(); },
                       .trusted_until = [&header] { return SteadyPoint(Millis(header.trusted_until.load(std::memory_order_acquire))); },
                       .cancel_asked = [this] {
                         int const entry = running_entry_.load(std::memory_order_acquire);
                         return entry >= 0 && slot().cancel_asked_at(entry, slot().word(entry)).has_value();
                       }});
}

void Child::work() {
  while (!watch_->stopping()) {
    if (!trusted()) continue;
    std::optional<Delivery> delivery = pop();
    if (!delivery && pop_trouble_ > Millis(0)) continue;
    if (!delivery) {
      slot().idle.store(1, std::memory_order_release);
      EventInfo idle;
      idle.event = WorkerEvent::idle;
      idle.pid = ::getpid();
      post_.emit(idle);
      continue;
    }
    slot().idle.store(0, std::memory_order_release);
    handle(std::move(*delivery));
  }
}

// Past this time another node may have declared ours dead and given our jobs to others: nothing is started then.
bool Child::trusted() {
  Header const& header = post_.board.header();
  std::uint32_t const heard = header.trust_bell.load(std::memory_order_acquire);
  std::int64_t const now = Clock::system().steady_now().time_since_epoch().count();
  if (now < header.trusted_until.load(std::memory_order_acquire)) return true;
  futex_wait(header.trust_bell, heard, Millis(100));
  return false;
}

std::optional<Delivery> Child::pop() {
  Millis wait = with_store_ != nullptr ? kStoreWait : kForeignWait;
  if (post_.options().stop_when_empty) wait = kEmptyWait;
  try {
    std::optional<Delivery> delivery = queue_->pop(wait);
    pop_trouble_ = Millis(0);
    return delivery;
  } catch (std::exception const& error) {
    pop_trouble_ = next_trouble(pop_trouble_);
    if (watch_->stopping()) return std::nullopt;
    log().error("cannot take a job, trying again in {} ms: {}", pop_trouble_.count(), error.what());
    rest(pop_trouble_);
    return std::nullopt;
  }
}

void Child::handle(Delivery delivery) {
  JobScope const scope(mark_of(delivery));
  int const entry = slot().hold(delivery);
  if (entry < 0) {  // cannot be with one job at a time, unless its memory was written over
    queue_->release(delivery);
    leave(1);
  }
  if (watch_->stopping()) return give_back(entry, delivery);

  SteadyPoint const steady_now = Clock::system().steady_now();
  TimePoint const started = Clock::system().now();
  Millis const timeout = delivery.job.timeout;
  std::optional<SteadyPoint> soft, hard;
  if (timeout.count() > 0) {
    soft = steady_now + timeout;
    hard = *soft + post_.options().hard_timeout_grace;
  }
  if (!slot().start(entry, started, steady_now, timeout, hard)) return;  // the keeper took it: it is no longer ours
  running_entry_.store(entry, std::memory_order_release);
  watch_->begin(soft);
  RunReport report = runner_->run(delivery, started, *watch_);
  watch_->end();
  running_entry_.store(-1, std::memory_order_release);

  // Order: outcome into the entry, then into the store, then the entry is free. A kill at any point in between leaves
  // enough for the keeper to go on. What does not fit into the entry goes to the store first: then a kill before it is
  // written costs one more run.
  bool const intact = sentinel_->intact();
  bool const entry_first = fits(report.outcome) || !intact;
  Transition const next = writer_->foresee(delivery, report.outcome);
  if (entry_first && !slot().record(entry, report.outcome)) wait_for_the_kill();
  if (!intact) ::_exit(1);  // and no log line: descriptor 2 may be a file of the job by now. The keeper writes and tells
  flush_queue();
  std::optional<FinishStatus> const written = writer_->write(delivery, report);
  if (!written) leave(1);  // the entry says what it came to
  slot().clear(entry);
  if (*written != FinishStatus::stale) runner_->tell(delivery, report, next, writer_->keeps());
}

void Child::give_back(int entry, Delivery const& delivery) {
  try {
    queue_->release(delivery);
    slot().clear(entry);
  } catch (std::exception const& error) {
    // With a store the keeper gives it back: the entry says that it was never started.
    log().error("cannot give back {}#{}: {}", delivery.job.kind, delivery.job.id.str(), error.what());
  }
}

void Child::note_progress(Delivery const& delivery, Progress const& progress) {
  if (with_store_ == nullptr || !sentinel_->intact()) return;
  ProgressItem const item{delivery.job.id, delivery.holder, progress};
  with_store_->store().progress({.items = std::span(&item, 1)});
}

// Jobs push too; with a queue that only collects, what they pushed goes out before they count as done.
void Child::flush_queue() {
  try {
    queue_->flush();
  } catch (std::exception const& error) {
    log().error("cannot send what the job pushed; the queue keeps it and tries again: {}", error.what());
  }
}

void Child::rest(Millis duration) {
  SteadyPoint const until = Clock::system().steady_now() + duration;
  do {
    futex_wait(slot().bell, slot().bell.load(), std::clamp(until - Clock::system().steady_now(), Millis(1), kNap));
    if (watch_->stopping()) return;  // there is a deadline now
  } while (Clock::system().steady_now() < until);
}

void Child::leave(int code) {
  std::cout.flush();
  std::fflush(nullptr);
  ::_exit(code);
}

// The entry was condemned: the master is about to kill this process. Anything written now could be about another job.
void Child::wait_for_the_kill() {
  for (int i = 0; i < 600; ++i) futex_wait(slot().bell, slot().bell.load(), Millis(100));
  ::_exit(1);  // the master died in between; its keeper looks after the rest
}

}  // namespace kue::worker
