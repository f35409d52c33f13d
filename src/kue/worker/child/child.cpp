#include "kue/worker/child/child.hpp"

#include "kue/base/descriptors.hpp"
#include "kue/base/eventfd.hpp"
#include "kue/core/decide.hpp"
#include "kue/core/open_transactions.hpp"
#include "kue/worker/board/signals.hpp"
#include "kue/worker/node/release.hpp"

#include <kue/error.hpp>

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <iostream>

namespace kue::worker {
namespace {

constexpr Millis kForeignWait{
    1000};  // a queue of the user's may not know interrupt(): it is left at least once a second
constexpr Millis kStoreWait{30'000};  // ours stops at once
constexpr Millis kEmptyWait{100};     // when the worker is to leave as soon as nothing is left
constexpr Millis kLeaveIt{1000};
constexpr Millis kEntryPatience{10'000};  // a keeper that dies meanwhile is replaced, and the next one frees them
constexpr Millis kEndedPatience{10};  // half of what the keeper has: it seldom has to write for a child that is well

Sentinel const* the_sentinel = nullptr;  // of this process

}  // namespace

void Child::live() {
  settle();
  wait_for_keeper();
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
  // A group of its own: Ctrl-C in a terminal reaches the master only, and a hard kill reaches the programs that a job
  // started.
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

void Child::wait_for_keeper() {
  Header const& header = post_.board.header();
  while (slot().stop.load() == 0 && header.stop.load() == 0) {
    std::uint32_t const heard = header.trust_bell.load(std::memory_order_acquire);
    if (header.trusted_until.load(std::memory_order_acquire) != 0) return;
    futex_wait(header.trust_bell, heard, Millis(100));
  }
}

void Child::boot() {
  post_.emit({.event = WorkerEvent::after_fork, .pid = ::getpid()});
  the_sentinel = &sentinel_.emplace();
  descriptors_check = []() noexcept { return the_sentinel->intact(); };
  queue_ = open_queue(post_.parts);
  with_store_ = store_queue_in(*queue_);
  writer_.emplace(*queue_, with_store_, log(), [this](Millis trouble) {
    watch_->rest(trouble);
    // At a stop there is a deadline: the entry keeps the outcome, and the keeper, who lives longer, writes it.
    bool const leave_it = with_store_ != nullptr && watch_->stopping() && trouble >= kLeaveIt;
    return !leave_it;
  });
  if (with_store_ != nullptr) {
    ended_.emplace(*with_store_, slot(), [this](EndedRun const& run, FinishStatus status) {
      JobScope const scope(run.mark);
      if (status == FinishStatus::stale) return writer_->tell_stale(run.delivery, run.report.outcome);
      runner_->tell(run.delivery, run.report, run.next, true);
    });
  }
  services_ = all_services_of(post_.parts, post_.worker.registry());
  queue_->process(post_.worker);
  runner_ = std::make_unique<Runner>(
      post_.worker.registry(), *services_, log(), post_.emit,
      [this, write = progress_sink(with_store_)](Delivery const& delivery, Progress const& progress) {
        if (write && sentinel_->intact()) write(delivery, progress);
      },
      post_.wants, finish_sink(with_store_));
  Header const& header = post_.board.header();
  watch_ = std::make_unique<StopWatch>(
      slot().bell,
      StopWatch::Rules{
          .stop_asked = [this, &header] { return slot().stop.load() != 0 || header.stop.load() != 0; },
          .on_stop = [this] { queue_->interrupt(); },
          .trusted_until =
              [&header] { return SteadyPoint(Millis(header.trusted_until.load(std::memory_order_acquire))); },
          .cancel_asked =
              [this] {
                int const entry = running_entry_.load(std::memory_order_acquire);
                return entry >= 0 && slot().cancel_asked_at(entry, slot().word(entry)).has_value();
              }});
}

void Child::work() {
  lines_.emplace(slot().lines, *sentinel_);
  while (!watch_->stopping()) {
    SteadyPoint const now = Clock::system().steady_now();
    if (!trusted(now)) continue;
    if (holds_any()) {
      run_next(now);
    } else {
      refill();
    }
  }
  give_back_held();
  write_ended();
  lines_.reset();
}

// Past this time another node may have declared ours dead and given our jobs to others: nothing is started then.
bool Child::trusted(SteadyPoint now) {
  Header const& header = post_.board.header();
  std::uint32_t const heard = header.trust_bell.load(std::memory_order_acquire);
  if (now.time_since_epoch().count() < header.trusted_until.load(std::memory_order_acquire)) return true;
  futex_wait(header.trust_bell, heard, Millis(100));
  return false;
}

void Child::refill() {
  leave_if_not_intact();
  lines_->hold_back(false);  // before what may be a long wait
  std::vector<Delivery> deliveries = pop();
  if (!deliveries.empty()) return hold(std::move(deliveries));
  if (pop_trouble_ > Millis(0)) return;
  prefetch_.idle();
  slot().idle.store(1, std::memory_order_release);
  post_.emit({.event = WorkerEvent::idle, .pid = ::getpid()});
}

std::vector<Delivery> Child::pop() {
  Millis wait = with_store_ != nullptr ? kStoreWait : kForeignWait;
  if (post_.options().stop_when_empty) wait = kEmptyWait;
  try {
    std::vector<Delivery> deliveries;
    if (claim_in_doubt_) settle_lost_claim();
    if (with_store_ != nullptr) {
      deliveries = with_store_->pop_many(
          prefetch_.size(), wait,
          {.items = ended_->items(), .written = [this](auto statuses) { note_written(statuses); }});
    } else if (auto one = queue_->pop(wait)) {
      deliveries.push_back(std::move(*one));
    }
    pop_trouble_ = Millis(0);
    return deliveries;
  } catch (Error const& error) {
    claim_in_doubt_ |= with_store_ != nullptr && error.outcome_unknown();
    if (with_store_ != nullptr && error.kind() == ErrorKind::not_found)
      return wait_until_known(), std::vector<Delivery>();
    return pop_failed(error);
  } catch (std::exception const& error) {
    return pop_failed(error);
  }
}

std::vector<Delivery> Child::pop_failed(std::exception const& error) {
  pop_trouble_ = next_trouble(pop_trouble_);
  if (watch_->stopping()) return {};
  log().error("cannot take a job, trying again in {} ms: {}", pop_trouble_.count(), error.what());
  write_ended();  // what was to be written with the claim goes alone first
  watch_->rest(pop_trouble_);
  return {};
}

// What the store gave us in an answer that never came, it takes back now: nobody else would know of it for a while.
void Child::settle_lost_claim() {
  Releaser releaser{with_store_->store(), post_.node, ::getpid()};
  for (RunningJob const& row : with_store_->store().running({.holder = slot().holder.load()})) {
    if (slot().has_entry(row.claim)) continue;  // it has ended, or is the keeper's
    Released const released = releaser.write(row, std::nullopt, {.kind = Outcome::Kind::lost_call});
    log().warn("job={} was claimed in an answer that was lost; {}", released.name(), describe_release(released));
  }
  claim_in_doubt_ = false;
}

// The store came back without this node: the keeper beats, and rings when that is done.
void Child::wait_until_known() {
  Header const& header = post_.board.header();
  std::uint32_t const heard = header.trust_bell.load(std::memory_order_acquire);
  slot().unknown.store(1, std::memory_order_release);
  tell_keeper();
  futex_wait(header.trust_bell, heard, Millis(1000));
}

void Child::hold(std::vector<Delivery> deliveries) {
  slot().idle.store(0, std::memory_order_release);
  batch_began_ = std::chrono::steady_clock::now();
  batch_queues_.clear();
  SteadyPoint const now = Clock::system().steady_now();
  held_ = std::move(deliveries);
  held_entries_.clear();
  next_held_ = 0;
  for (Delivery const& delivery : held_) {
    OwnEntry const entry = free_entry_for(delivery, now, held_entries_.empty() ? 0 : held_entries_.back().index + 1);
    if (entry.index < 0) {  // the keeper is stuck, or the memory was written over
      queue_->release(delivery);
      leave(1);
    }
    if (std::find(batch_queues_.begin(), batch_queues_.end(), delivery.job.queue) == batch_queues_.end())
      batch_queues_.push_back(delivery.job.queue);
    held_entries_.push_back(entry);
  }
}

// The keeper may still own entries of the previous batch: it took them over while this child waited for the store, and
// frees each once it is written.
// Meanwhile it may take and give back jobs that this batch holds already, and their entries are found free.
OwnEntry Child::free_entry_for(Delivery const& delivery, SteadyPoint now, int from) {
  OwnEntry entry = slot().hold(delivery, now, from);
  if (entry.index >= 0) return entry;
  SteadyPoint const give_up_at = Clock::system().steady_now() + kEntryPatience;
  while (entry.index < 0 && Clock::system().steady_now() < give_up_at) {
    futex_wait(slot().bell, slot().bell.load(), Millis(1));
    entry = slot().hold(delivery, now);
  }
  return entry;
}

void Child::run_next(SteadyPoint now) {
  std::size_t const next = next_held_++;
  bool const is_short = run_times_.is_short(held_[next].job.kind);
  if (ended_ && !ended_->empty()) {
    // Outcomes must not wait for a job of unknown or long run time, nor for many short ones.
    bool const waited = now - ended_->oldest() >= kEndedPatience;
    if (waited || !is_short) {
      write_ended();
      now = Clock::system().steady_now();
    }
  }
  bool const others_wait = holds_any() || (ended_ && !ended_->empty());
  in_a_row_ = others_wait && is_short && queue_.get() == with_store_;
  lines_->hold_back(in_a_row_);
  if (lines_->nearly_full()) {  // between two jobs, where this process may still leave
    leave_if_not_intact();
    lines_->send();
  }
  if (others_wait) ring_keeper();
  run(std::move(held_[next]), held_entries_[next], now);
  if (!holds_any()) end_of_batch();
}

void Child::end_of_batch() { prefetch_.ended(batch_queues_, std::chrono::steady_clock::now() - batch_began_); }

void Child::run(Delivery&& delivery, OwnEntry entry, SteadyPoint now) {
  JobScope const scope(mark_of(delivery));
  TimePoint const started = Clock::system().now();
  Millis const timeout = delivery.job.timeout;
  std::optional<SteadyPoint> soft, hard;
  if (timeout.count() > 0) {
    soft = now + timeout;
    hard = *soft + post_.options().hard_timeout_grace;
  }
  if (!slot().start(entry, started, now, timeout, hard)) return;  // the keeper took it: it is no longer ours
  running_entry_.store(entry.index, std::memory_order_release);
  watch_->begin(soft);
  RunReport report = runner_->run(delivery, started, *watch_);
  watch_->end();
  running_entry_.store(-1, std::memory_order_release);
  // One that finishes itself has its own commit, with the write lock: it stays one of unknown run time, so that no
  // ended run waits for it.
  if (!report.finished_itself) run_times_.ran(delivery.job.kind, report.took);
  settle_outcome(std::move(delivery), std::move(report), entry);
}

// Order: outcome into the entry, then into the store, then the entry is free. A kill at any point in between leaves
// enough for the keeper to go on. What does not fit into the entry goes to the store first: then a kill before it is
// written costs one more run.
void Child::settle_outcome(Delivery&& delivery, RunReport&& report, OwnEntry entry) {
  bool const intact =
      in_a_row_ || sentinel_->intact();  // after a row it is looked at before the store or the log is touched
  bool const whole = fits(report.outcome);
  SteadyPoint const ended_at = report.ended_at;
  EndedRun run{.delivery = std::move(delivery),
               .report = std::move(report),
               .next = {},
               .entry = entry,
               .ended_at = ended_at,
               .mark = current_job()};
  if (OpenTransactions::any_here()) leave_with_open_transaction(std::move(run));
  if (run.report.finished_itself && intact) return settle_own_end(std::move(run));
  if (run.report.finished_itself) ::_exit(1);  // the row says whether it was committed
  run.next = writer_->foresee(run.delivery, run.report.outcome);
  if ((whole || !intact) && !slot().record(entry, run.report.outcome, ended_at)) wait_for_the_kill();
  if (!intact)
    ::_exit(1);  // and no log line: descriptor 2 may be a file of the job by now. The keeper writes and tells
  writer_->flush();
  if (ended_ && whole && run.report.outcome.kind == Outcome::Kind::completed) return ended_->add(std::move(run));
  write_at_once(std::move(run));
}

// The store knows already, so there is nothing to write; until it has been asked the entry is one that runs. If this
// process dies meanwhile there is a row that runs, or none.
void Child::settle_own_end(EndedRun&& run) {
  std::optional<bool> const committed = writer_->read_own_end(run.delivery);
  runner_->settle_own_end(run.delivery, run.report,
                          committed.value_or(false));  // a failure that is written after a commit changes nothing
  run.next = writer_->foresee(run.delivery, run.report.outcome);
  if (!slot().record(run.entry, run.report.outcome, run.ended_at)) wait_for_the_kill();
  if (!committed) leave(1);
  writer_->flush();
  if (!*committed) return write_at_once(std::move(run));
  if (slot().clear(run.entry)) runner_->tell(run.delivery, run.report, run.next, true);
}

// The way out is the only way back: whose connection it is nobody knows, and it may be closed by now.
void Child::leave_with_open_transaction(EndedRun&& run) {
  bool const intact = sentinel_->intact();
  std::string const why = left_open(run.delivery);
  if (intact) log().error("{}", why);
  runner_->fail(run.delivery, run.report, {.type = "transaction", .message = why});
  run.next = writer_->foresee(run.delivery, run.report.outcome);
  if (!slot().record(run.entry, run.report.outcome, run.ended_at)) wait_for_the_kill();
  if (!intact) ::_exit(1);
  leave(1);
}

void Child::write_at_once(EndedRun&& run) {
  leave_if_not_intact();
  auto written = writer_->write(run.delivery, run.report);
  if (!written) leave(1);  // the entry says what it came to
  if (written->status == FinishStatus::already &&
      run.report.finished_itself) {  // another thread committed after run(), or the keeper wrote meanwhile
    runner_->settle_own_end(run.delivery, run.report, writer_->read_own_end(run.delivery).value_or(false));
    written->next = writer_->foresee(run.delivery, run.report.outcome);
  }
  bool const ours = slot().clear(run.entry);
  if (ours && written->status != FinishStatus::stale)
    runner_->tell(run.delivery, run.report, written->next, writer_->keeps());
}

void Child::write_ended() {
  if (!ended_ || ended_->empty()) return;
  leave_if_not_intact();
  try {
    auto const items = ended_->items();
    if (!items.empty()) note_written(with_store_->store().finish({.items = items}).statuses);
  } catch (std::exception const&) {  // one by one: each is tried for as long as that may help, and says why it fails
    for (EndedRun& run : ended_->take_all()) write_at_once(std::move(run));
  }
}

void Child::note_written(std::span<FinishStatus const> statuses) {
  lines_->hold_back(true);
  ended_->written(statuses);
  lines_->hold_back(false);
}

// A job has closed our descriptors: neither the store nor the log is ours to write any more. The entries and the lines
// of the log stand in shared memory, and the keeper goes on from there.
void Child::leave_if_not_intact() {
  if (!sentinel_->intact()) ::_exit(1);
}

void Child::give_back_held() {
  try {
    release_held();
    for (; holds_any(); ++next_held_) slot().clear(held_entries_[next_held_]);
  } catch (std::exception const& error) {
    // With a store the keeper gives them back: the entries say that they were never started.
    log().error("cannot give back {} jobs that were not started: {}", held_.size() - next_held_, error.what());
    next_held_ = held_.size();
  }
}

// All of them, before an entry is freed.
void Child::release_held() {
  std::span const rest = std::span(held_).subspan(next_held_);
  std::vector<Finish> items;
  for (Delivery const& delivery : rest) {
    if (with_store_ == nullptr) {
      queue_->release(delivery);
      continue;
    }
    Outcome returned{.kind = Outcome::Kind::returned};
    Transition const next = writer_->foresee(delivery, returned);
    items.push_back(with_store_->describe_finish(delivery, returned, next, std::nullopt));
  }
  if (!items.empty()) with_store_->store().release({.items = items});
}

// The keeper sleeps while nothing waits in an entry: see Takeover.
void Child::ring_keeper() {
  std::atomic_thread_fence(std::memory_order_seq_cst);
  if (slot().watched.load(std::memory_order_seq_cst) == 0) tell_keeper();
}

void Child::tell_keeper() {
  if (sentinel_->intact()) ring_eventfd(post_.keeper_bell);
}

void Child::leave(int code) {
  if (lines_) lines_->send();
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
