#include "kue/worker/keeper/keeper.hpp"

#include "kue/base/eventfd.hpp"
#include "kue/base/pidfd.hpp"
#include "kue/base/seconds.hpp"
#include "kue/worker/board/signals.hpp"
#include "kue/worker/keeper/cancels.hpp"
#include "kue/worker/node/node_lock.hpp"
#include "kue/worker/run/runner.hpp"

#include <kue/error.hpp>

#include <fmt/format.h>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>

#include <algorithm>
#include <csignal>
#include <cstdio>

namespace kue::worker {
namespace {

constexpr Millis kLookEvery{1000};  // a node that is certainly gone is not waited for
constexpr Millis kAloneEvery{
    5000};  // at a store that nobody else works at; one that comes and dies in between waits for so long
constexpr Millis kTryAgain{200};  // dead slots that could not be released
constexpr Millis kEmptyEvery{50};
constexpr Millis kHookPatience{5000};
constexpr Millis kLastPatience{10'000};  // at the end: for a store that does not answer
constexpr int kPruneRows = 500;          // of one turn: the other duties wait meanwhile
constexpr Millis kPruneAgain{
    10};  // when a turn left work behind; the store itself keeps it to about 10,000 rows a second

bool readable(int descriptor, Millis wait) {
  pollfd one{.fd = descriptor, .events = POLLIN, .revents = 0};
  return ::poll(&one, 1, static_cast<int>(wait.count())) > 0;
}

std::string jobs_text(std::ptrdiff_t count) { return count == 1 ? "a job" : fmt::format("{} jobs", count); }

bool is_child(Slot const& slot) { return slot.role.load() == static_cast<std::uint32_t>(Role::child); }
bool is_alive(SlotState state) { return state == SlotState::starting || state == SlotState::live; }

}  // namespace

void Keeper::live() {
  settle();
  try {
    boot();
  } catch (std::exception const& error) {
    report_boot_failure(slot(), error);
    ::_exit(1);
  }
  work();
  leave();
}

void Keeper::settle() {
  set_log_role("keeper");
  ::prctl(PR_SET_NAME, "spark-keeper");
  ::setpgid(0, 0);
  set_keeper_signals();
  if (int const null = ::open("/dev/null", O_RDONLY | O_CLOEXEC); null > STDIN_FILENO) {
    ::dup2(null, STDIN_FILENO);
    ::close(null);
  }
}

void Keeper::boot() {
  hooks_ = std::make_unique<Hooks>();
  queue_ = open_queue(post_.parts);
  Header& header = post_.board.header();
  header.acknowledges = queue_->capabilities().acknowledge ? 1 : 0;
  if (StoreQueue* const with_store = store_queue_in(*queue_)) {
    store_ = &with_store->store();
    header.store.set(store_->description());
    // The beat has a store of its own: a slow call of ours must not make the node look dead.
    beat_queue_ = open_queue(post_.parts);
    std::shared_ptr<Store> const beat_store(beat_queue_, &store_queue_in(*beat_queue_)->store());
    beat_ = std::make_unique<NodeBeat>(
        beat_store,
        NodeBeat::Rules{.node = post_.node,
                        .pid = post_.master_pid,
                        .lock = post_.lock,
                        .every = post_.options().node_beat,
                        .dead_after = post_.options().node_dead,
                        .trusted_until =
                            [&header](SteadyPoint until) {
                              header.trusted_until.store(until.time_since_epoch().count(), std::memory_order_release);
                              futex_ring(header.trust_bell);
                            },
                        .declared_dead =
                            [this] {
                              node_dead_ = true;
                              ring_eventfd(wires_.bell);
                            },
                        .store_restarted =
                            [this] {
                              store_restarted_ = true;
                              ring_eventfd(wires_.bell);
                            }},
        log());
    if (!beat_->beat()) node_dead_ = true;
    beat_->start();
  } else {
    header.store.set("a queue of the application's own");
    header.trusted_until.store(INT64_MAX, std::memory_order_release);
    futex_ring(header.trust_bell);
  }
  slot().boot.store(static_cast<std::uint32_t>(Boot::ready), std::memory_order_release);
  ring_eventfd(wires_.nudge);
}

void Keeper::work() {
  while (true) {
    learn_children();
    try_to("release what dead children held", &Keeper::bury);
    if (master_died_) return end_children();
    if (node_dead_) {
      // What we held runs elsewhere by now. The master makes a new node and asks the children to start over.
      log().error(
          "this worker was declared dead by another (its beat did not reach the store for {:.3f} s); it starts over",
          seconds(post_.options().node_dead));
      post_.board.header().trusted_until = 0;
      slot().boot.store(static_cast<std::uint32_t>(Boot::node_dead), std::memory_order_release);
      beat_->stop();
      ::_exit(1);
    }
    if (post_.board.header().stage.load() == static_cast<std::uint32_t>(Stage::closing)) return;
    SteadyPoint const now = Clock::system().steady_now();
    if (store_ != nullptr) try_to("take over what waits in busy children", &Keeper::take_over);
    if (store_ != nullptr && now >= next_nodes_) {
      try_to("look after other workers", &Keeper::look_after_nodes);
      next_nodes_ = now + (rescuer_.alone() ? kAloneEvery : kLookEvery);
    }
    if (store_ != nullptr && now >= next_look_) {
      next_look_ = now + kLookEvery;
      try_to("look for cancelled jobs", &Keeper::look_for_cancels);
      try_to("tend the store", &Keeper::tend);
    }
    if (store_ != nullptr) answer_unknown();
    if (store_restarted_.exchange(false)) {
      log().warn("the store was restarted, or is another one: what this worker holds is compared with it");
      reconciler_.store_restarted();
      next_beat_duties_ = now;
    }
    if (store_ != nullptr && now >= next_beat_duties_) {
      next_beat_duties_ = now + post_.options().node_beat;
      try_to("compare the store with the children", &Keeper::beat_duties);
    }
    if (store_ != nullptr && now >= next_prune_) {
      next_prune_ = now + post_.options().node_beat;
      try_to("remove old jobs", &Keeper::prune);
    }
    if (post_.options().stop_when_empty && nothing_left()) {
      post_.board.header().empty = 1;
      ring_eventfd(wires_.nudge);
    }
    wait(patience());
  }
}

// A duty that fails is logged once, until it succeeds again, and is done again at its next turn.
void Keeper::try_to(char const* what, void (Keeper::*duty)()) {
  try {
    (this->*duty)();
    if (std::exchange(failing_[what], false)) log().info("could {} again", what);
  } catch (std::exception const& error) {
    if (!std::exchange(failing_[what], true)) log().error("cannot {}: {}", what, error.what());
  }
}

Millis Keeper::patience() const {
  if (takeover_.waiting()) return Takeover::kLookAgain;
  if (unburied_) return kTryAgain;
  if (post_.options().stop_when_empty) return kEmptyEvery;
  Millis const most = std::min(kLookEvery, post_.options().node_beat);
  if (store_ == nullptr) return most;
  return std::clamp(std::chrono::ceil<Millis>(next_prune_ - Clock::system().steady_now()), Millis(1), most);
}

void Keeper::wait(Millis most) {
  pollfd both[2] = {{.fd = wires_.bell, .events = POLLIN, .revents = 0},
                    {.fd = wires_.master, .events = POLLIN, .revents = 0}};
  ::poll(both, 2, static_cast<int>(most.count()));
  if ((both[0].revents & POLLIN) != 0) clear_eventfd(wires_.bell);
  if (both[1].revents != 0) master_died_ = true;
}

// While the master lives it alone reaps, and it marks a slot dead before that. So if a slot is still alive after its
// pid was opened, the descriptor is the child's and not that of a stranger with the same number.
void Keeper::learn_children() {
  for (int index = 0; index < post_.board.slots(); ++index) {
    Slot const& slot = post_.board.slot(index);
    if (!is_child(slot) || !is_alive(slot.state_now())) {
      children_.erase(index);
      continue;
    }
    std::int32_t const pid = slot.pid.load();
    if (pid <= 1 || (children_.count(index) != 0 && child_pids_[index] == pid)) continue;
    Fd opened = open_pidfd(pid);
    if (!opened || !is_alive(slot.state_now()) || slot.pid.load() != pid) continue;
    children_[index] = std::move(opened);
    child_pids_[index] = pid;
  }
}

void Keeper::bury() {
  unburied_ = true;  // until all went well
  bool freed = false;
  for (int index = 0; index < post_.board.slots(); ++index) {
    Slot& slot = post_.board.slot(index);
    if (slot.state_now() != SlotState::dead) continue;
    if (bury_one(slot)) freed = true;
  }
  unburied_ = false;
  if (freed) ring_eventfd(wires_.nudge);
}

bool Keeper::bury_one(Slot& slot) {
  if (is_child(slot)) {
    slot.lines.write_for_another();  // if there was no master to do it
    Death const death{.wait_status = slot.wait_status.load(), .cause = slot.cause(), .out_of_memory = oom_.rose()};
    std::vector<Released> released;
    if (store_ != nullptr && slot.holder.load() != 0) {
      released = release_holder(*store_, post_.node, slot, death, post_.options().hard_timeout_grace);
      std::vector<std::string> queues;
      for (Released const& one : released) queues.push_back(one.row.claim.queue);
      if (!queues.empty()) store_->wake(queues);
    }
    tell_death(slot, released, death);
    if (store_ != nullptr) tell_own_ends(slot, released);
  }
  return slot.change(SlotState::dead, SlotState::free);
}

void Keeper::tell_death(Slot const& slot, std::vector<Released> const& released, Death const& death) {
  for (Released const& one : released) tell_job(slot, one);
  auto const not_started =
      std::ranges::count_if(released, [](Released const& one) { return one.outcome.kind == Outcome::Kind::returned; });
  if (not_started > 0)
    log().info("child {} held {} that it had not started; available again, and not charged", slot.pid.load(),
               jobs_text(not_started));
  if (store_ != nullptr) return;
  for (int index = 0; index < limits::kMaxBatch; ++index) {
    if (slot.word(index).state == EntryState::free) continue;
    auto const entry = slot.read(index);
    if (!entry) continue;
    tell_lost(slot, *entry);
    EventInfo info{.event = WorkerEvent::crash,
                   .pid = slot.pid.load(),
                   .job = entry->claim.id,
                   .kind = entry->kind,
                   .queue = entry->claim.queue,
                   .attempt = entry->attempt,
                   .wait_status = death.wait_status};
    if (entry->started()) info.failure = verdict(death, *entry, post_.options().hard_timeout_grace).failure;
    emit(std::move(info));
  }
}

// A run that ended itself in a transaction of the program's own (Context::finish), in a process that died before it
// could tell.
void Keeper::tell_own_ends(Slot const& slot, std::vector<Released> const& released) {
  for (int index = 0; index < limits::kMaxBatch; ++index) {
    EntryState const state = slot.word(index).state;
    if (state != EntryState::running && state != EntryState::condemned) continue;
    auto const entry = slot.read(index);
    if (!entry || std::ranges::any_of(released, [&](Released const& one) { return entry->is(one.row.claim); }))
      continue;
    auto const record = store_->get(entry->claim.id);
    if (!record || record->state != State::completed || record->claim_no != entry->claim.claim_no ||
        record->holder != slot.holder.load())
      continue;
    log().info("child {} ended with {} after job={} had committed its end", slot.pid.load(),
               describe_wait_status(slot.wait_status.load()), entry->name());
    emit({.event = WorkerEvent::success,
          .pid = slot.pid.load(),
          .job = entry->claim.id,
          .kind = entry->kind,
          .queue = record->job.queue,
          .attempt = entry->attempt});
  }
}

void Keeper::tell_job(Slot const& slot, Released const& released) {
  int const pid = slot.pid.load();
  std::string const name = released.row.kind + "#" + released.row.claim.id.str();
  Outcome const& outcome = released.outcome;
  EventInfo info{.pid = pid,
                 .job = released.row.claim.id,
                 .kind = released.row.kind,
                 .queue = released.row.claim.queue,
                 .attempt = released.entry ? released.entry->attempt : released.row.tally.attempt + 1,
                 .failure = outcome.failure,
                 .wait_status = slot.wait_status.load()};
  std::string const what = describe_release(released);
  switch (outcome.kind) {
    case Outcome::Kind::returned: log().debug("child {} had not started job={}; {}", pid, name, what); break;
    case Outcome::Kind::interrupted:
      log().warn("child {} was stopped while running job={}; {}", pid, name, what);
      info.event = WorkerEvent::interrupted;
      emit(info);
      break;
    case Outcome::Kind::hard_timeout:
      log().error("child {} was {} while running job={}; {}", pid, outcome.failure.message, name, what);
      info.event = WorkerEvent::timeout;
      emit(info);
      break;
    case Outcome::Kind::cancelled:
      log().warn("child {} ended with job={}, which was cancelled; {}", pid, name, what);
      break;
    case Outcome::Kind::crashed:
    case Outcome::Kind::oom:
      log().error("child {} {} {} while running job={}; {}", pid,
                  outcome.failure.type == "exit" ? "ended with" : "died by",
                  describe_wait_status(slot.wait_status.load()), name, what);
      info.event = WorkerEvent::crash;
      emit(info);
      break;
    default:
      // Nothing is wrong with a job that had completed, and there may be hundreds of them.
      log().log(outcome.kind == Outcome::Kind::completed ? LogLevel::info : LogLevel::warn,
                fmt::format("child {} ended with {} after job={}; its outcome ({}) was written for it", pid,
                            describe_wait_status(slot.wait_status.load()), name, to_string(outcome.kind)));
      if (outcome.kind == Outcome::Kind::completed) {
        info.event = WorkerEvent::success;
        emit(info);
      }
      break;
  }
  if (released.status != FinishStatus::applied) return;
  if (released.transition.to == State::discarded) {
    info.event = WorkerEvent::discard;
    emit(info);
    call_failed(released);
  } else if (released.transition.to == State::retryable) {
    info.event = WorkerEvent::retry;
    emit(info);
  }
}

void Keeper::tell_lost(Slot const& slot, EntryView const& entry) {
  bool const done = entry.word.state == EntryState::done;
  bool const kept = post_.board.header().acknowledges.load() != 0;
  log().error("child {} ended with {} {} job={}; {}", slot.pid.load(), describe_wait_status(slot.wait_status.load()),
              entry.started() ? (done ? "after" : "while running") : "before it started", entry.name(),
              done   ? "it is done"
              : kept ? "its queue has to hand it out again"
                     : "its queue keeps no job, so this one is lost");
}

// failed() of a job that ends with its process: the child that would have called it is dead.
void Keeper::call_failed(Released const& released) {
  JobType const* const type = post_.worker.registry().find(released.row.kind);
  if (type == nullptr || !type->failed) return;
  std::optional<JobRecord> record = store_->get(released.row.claim.id);
  if (!record) return;
  Delivery delivery{.job = record->job,
                    .claim = released.row.claim,
                    .attempt = released.entry ? released.entry->attempt : released.row.tally.attempt + 1,
                    .tally = released.row.tally};
  hooks_->call([this, type, delivery, failure = released.outcome.failure] {
    JobScope const scope(mark_of(delivery));
    RunContext context(delivery, Clock::system().now(), nullptr, job_logger(log(), delivery), nullptr);
    try {
      if (!services_) services_ = services_of(post_.parts);
      type->failed(delivery.job.args, failure, context, *services_);
    } catch (std::exception const& error) {
      context.log().error("failed() threw and is not called again: {}", error.what());
    }
  });
}

void Keeper::emit(EventInfo info) {
  hooks_->call([this, info = std::move(info)] { post_.emit(info); });
}

void Keeper::take_over() {
  for (Takeover::Taken const& taken : takeover_.look(*store_, post_.node, post_.board, Clock::system().steady_now()))
    tell_taken(taken);
}

void Keeper::tell_taken(Takeover::Taken const& taken) {
  Released const& released = taken.released;
  EntryView const& entry = *released.entry;
  if (released.status == FinishStatus::stale) return;
  Delivery delivery{.job = {.id = entry.claim.id, .kind = entry.kind, .queue = entry.claim.queue},
                    .claim = released.row.claim,
                    .attempt = entry.attempt,
                    .tally = entry.tally,
                    .claimed_at = entry.claimed_at};
  if (released.outcome.kind == Outcome::Kind::returned) {
    job_logger(log(), delivery)
        .debug("given back: child {} is busy with another job", post_.board.slot(taken.slot).pid.load());
    return;
  }
  RunReport report{.outcome = released.outcome,
                   .started_at = entry.started_at.value_or(entry.claimed_at),
                   .duration = entry.ended_steady - entry.started_steady};
  Logger its_log = job_logger(log(), delivery);
  log_end(its_log, report, released.transition, true);
  for (auto const& event : events_after(report.outcome.kind, released.transition, true)) {
    if (!event || !post_.wants(*event)) continue;
    EventInfo info = event_of(*event, delivery, report);
    info.pid = post_.board.slot(taken.slot).pid.load();
    emit(std::move(info));
  }
  if (released.transition.to == State::discarded) call_failed(released);
}

void Keeper::look_after_nodes() { rescuer_.round(*store_, beat_->fresh(), Clock::system().steady_now()); }

void Keeper::tend() { store_->tend(); }

// A child was told that the store does not know this node: it came back empty. A beat makes it known again.
void Keeper::answer_unknown() {
  bool asked = false;
  for (int index = 0; index < post_.board.slots(); ++index) asked |= post_.board.slot(index).unknown.exchange(0) != 0;
  if (asked) beat_->now();
}

void Keeper::beat_duties() { reconciler_.look(*store_, post_.board, Clock::system().steady_now()); }

void Keeper::prune() {
  if (store_->prune({.retention = post_.options().retention, .limit = kPruneRows}).more)
    next_prune_ = Clock::system().steady_now() + kPruneAgain;
}

void Keeper::look_for_cancels() {
  // The master kills what does not end, so it has to know the time.
  if (pass_on_cancels(*store_, post_.node, post_.board, Clock::system().steady_now(), log()) > 0)
    ring_eventfd(wires_.nudge);
}

// Twice in a row: no child found anything, and the store has nothing to give and nothing that runs, here or elsewhere.
bool Keeper::nothing_left() {
  bool any_child = false;
  for (int index = 0; index < post_.board.slots(); ++index) {
    Slot const& slot = post_.board.slot(index);
    if (!is_child(slot) || slot.state_now() == SlotState::free) continue;
    any_child = true;
    if (slot.state_now() != SlotState::live || slot.idle.load() == 0) quiet_looks_ = 0;
    if (slot.state_now() != SlotState::live || slot.idle.load() == 0) return false;
  }
  if (!any_child) return false;
  if (store_ != nullptr) {
    auto const& queues = post_.options().queues;
    for (QueueCounts const& counts : store_->counts()) {
      if (!queues.empty() && std::find(queues.begin(), queues.end(), counts.queue) == queues.end()) continue;
      std::int64_t const available = counts.paused ? 0 : counts.of(State::available);
      if (available + counts.of(State::running) == 0) continue;
      quiet_looks_ = 0;
      return false;
    }
  }
  return ++quiet_looks_ >= 2;
}

// The master is dead; the kernel kills its children with it. We make sure, and wait until they are: a job must not be
// given to others while its process may still write.
void Keeper::end_children() {
  log().error("the master (pid {}) has died; ending its children", post_.master_pid);
  post_.board.header().stop = 1;
  SteadyPoint const until = Clock::system().steady_now() + kLastPatience;
  for (int index = 0; index < post_.board.slots(); ++index) {
    Slot& slot = post_.board.slot(index);
    if (!is_child(slot) || !is_alive(slot.state_now())) continue;
    std::int32_t const group = slot.pid.load();  // each child leads one of its own
    if (auto const known = children_.find(index); known != children_.end()) {
      kill_by_pidfd(known->second.get(), SIGKILL);
      readable(known->second.get(), std::max(until - Clock::system().steady_now(), Millis(1)));
      // Programs that its job started: the kernel's death signal does not reach them. As long as one of them lives the
      // number of the group is taken and cannot belong to anybody else; if none does, there is nobody to hit.
      if (group > 1) ::kill(-group, SIGKILL);
    } else {
      // Just forked: it may have no number yet, and one that we did not open in time we do not shoot at. Its parent's
      // death kills it; wait for that.
      std::int32_t const pid = slot.pid.load();
      while (pid > 1 && ::kill(pid, 0) == 0 && Clock::system().steady_now() < until) readable(-1, Millis(5));
    }
    slot.wait_status = SIGKILL;  // nobody can ask the kernel any more
    slot.kill_cause = static_cast<std::uint32_t>(KillCause::master_died);
    slot.state.store(static_cast<std::uint32_t>(SlotState::dead), std::memory_order_release);
  }
}

bool Keeper::bury_all(Millis patience) {
  SteadyPoint const until = Clock::system().steady_now() + patience;
  while (true) {
    try_to("release what dead children held", &Keeper::bury);
    if (!unburied_) return true;
    if (Clock::system().steady_now() >= until) return false;
    readable(-1, kTryAgain);
  }
}

// The last to go. What could not be released stays with the node, whose lock falls with this process: another worker
// rescues it.
void Keeper::leave() {
  bool all_released = bury_all(kLastPatience);
  if (beat_) beat_->stop();
  if (store_ != nullptr && all_released) {
    try {
      reconciler_.look(*store_, post_.board, Clock::system().steady_now());  // a node that leaves may hold nothing
      store_->beat({.node = post_.node, .name = host_name(), .pid = post_.master_pid, .leaving = true});
      remove_lock_file(post_.lock);
    } catch (std::exception const& error) {
      log().error("cannot say good-bye to the store: {}", error.what());
      all_released = false;
    }
  }
  hooks_->finish(kHookPatience);
  std::fflush(nullptr);
  ::_exit(all_released ? 0 : 1);
}

}  // namespace kue::worker
