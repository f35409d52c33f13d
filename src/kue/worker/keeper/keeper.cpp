#include "kue/worker/keeper/keeper.hpp"

#include "kue/base/eventfd.hpp"
#include "kue/base/pidfd.hpp"
#include "kue/base/seconds.hpp"
#include "kue/worker/board/signals.hpp"
#include "kue/worker/keeper/cancels.hpp"
#include "kue/worker/node/node_lock.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>

#include <algorithm>
#include <csignal>
#include <cstdio>

namespace kue::worker {
namespace {

constexpr Millis kLookEvery{1000};  // a node that is certainly gone is not waited for
// At a store that nobody else works at; one that comes and dies in between waits for so long.
constexpr Millis kAloneEvery{5000};
constexpr Millis kTryAgain{200};  // dead slots that could not be released
constexpr Millis kEmptyEvery{50};
constexpr Millis kHookPatience{5000};
constexpr Millis kLastPatience{10'000};  // at the end: for a store that does not answer
constexpr int kPruneRows = 500;          // of one turn: the other duties wait meanwhile
// When a turn left work behind; the store itself keeps it to about 10,000 rows a second.
constexpr Millis kPruneAgain{10};

SteadyPoint now() { return Clock::system().steady_now(); }

bool readable(int descriptor, Millis wait) {
  pollfd one{.fd = descriptor, .events = POLLIN, .revents = 0};
  return ::poll(&one, 1, static_cast<int>(wait.count())) > 0;
}

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
  queue_ = open_queue(post_.parts);
  Header& header = post_.board.header();
  header.acknowledges = queue_->capabilities().acknowledge ? 1 : 0;
  if (StoreQueue* const with_store = store_queue_in(*queue_)) store_ = &with_store->store();
  header.store.set(store_ != nullptr ? store_->description() : "a queue of the application's own");
  teller_.emplace(post_, store_);
  if (store_ != nullptr)
    become_a_node();
  else
    trust_until(SteadyPoint(Millis(INT64_MAX)));
  take_duties();
  slot().boot.store(static_cast<std::uint32_t>(Boot::ready), std::memory_order_release);
  ring_eventfd(post_.nudge);
}

void Keeper::trust_until(SteadyPoint until) {
  Header& header = post_.board.header();
  header.trusted_until.store(until.time_since_epoch().count(), std::memory_order_release);
  futex_ring(header.trust_bell);
}

// The beat has a store of its own: a slow call of ours must not make the node look dead.
void Keeper::become_a_node() {
  beat_queue_ = open_queue(post_.parts);
  std::shared_ptr<Store> const beat_store(beat_queue_, &store_queue_in(*beat_queue_)->store());
  auto const note = [this](std::atomic<bool>& flag) {
    flag = true;
    ring_eventfd(post_.keeper_bell);
  };
  beat_ = std::make_unique<NodeBeat>(beat_store,
                                     NodeBeat::Rules{.node = post_.node,
                                                     .pid = post_.master_pid,
                                                     .lock = post_.lock,
                                                     .every = post_.options().node_beat,
                                                     .dead_after = post_.options().node_dead,
                                                     .trusted_until = [this](SteadyPoint until) { trust_until(until); },
                                                     .declared_dead = [this, note] { note(node_dead_); },
                                                     .store_restarted = [this, note] { note(store_restarted_); }},
                                     log());
  if (!beat_->beat()) node_dead_ = true;
  beat_->start();
}

void Keeper::take_duties() {
  Millis const beat = post_.options().node_beat, always{0};
  if (store_ != nullptr) {
    duties_ = {{"take over what waits in busy children", always, &Keeper::take_over},
               {"look after other workers", kLookEvery, &Keeper::look_after_nodes},
               {"look for cancelled jobs", kLookEvery, &Keeper::look_for_cancels},
               {"tend the store", kLookEvery, &Keeper::tend},
               {"answer children that the store does not know", always, &Keeper::answer_unknown},
               {"compare the store with the children", beat, &Keeper::compare},
               {"remove old jobs", beat, &Keeper::prune}};
  }
  if (post_.options().stop_when_empty)
    duties_.push_back({"see whether anything is left", always, &Keeper::look_whether_empty});
}

void Keeper::work() {
  while (true) {
    SteadyPoint const woken = now();
    learn_children();
    attend(burying_, woken);
    if (master_died_) return end_children();
    if (node_dead_) leave_dead_node();
    if (post_.board.header().stage.load() == static_cast<std::uint32_t>(Stage::closing)) return;
    if (store_restarted_.exchange(false)) expect_differences();
    for (Duty& duty : duties_) attend(duty, woken);
    wait(patience());
  }
}

// A duty that fails is logged once, until it succeeds again, and is done again at its next turn.
void Keeper::attend(Duty& duty, SteadyPoint woken) {
  if (woken < duty.next) return;
  duty.next = woken + duty.every;
  try {
    (this->*duty.run)(duty);
    if (std::exchange(duty.failing, false)) log().info("could {} again", duty.name);
  } catch (std::exception const& error) {
    if (!std::exchange(duty.failing, true)) log().error("cannot {}: {}", duty.name, error.what());
  }
}

Millis Keeper::patience() const {
  if (takeover_.waiting()) return Takeover::kLookAgain;
  if (burying_.failing) return kTryAgain;
  if (post_.options().stop_when_empty) return kEmptyEvery;
  Millis const most = std::min(kLookEvery, post_.options().node_beat);
  SteadyPoint next = now() + most;
  for (Duty const& duty : duties_) {
    if (duty.every > Millis(0)) next = std::min(next, duty.next);
  }
  return std::clamp(std::chrono::ceil<Millis>(next - now()), Millis(1), most);
}

void Keeper::wait(Millis most) {
  pollfd both[2] = {{.fd = post_.keeper_bell, .events = POLLIN, .revents = 0},
                    {.fd = post_.master_pidfd, .events = POLLIN, .revents = 0}};
  ::poll(both, 2, static_cast<int>(most.count()));
  if ((both[0].revents & POLLIN) != 0) clear_eventfd(post_.keeper_bell);
  if (both[1].revents != 0) master_died_ = true;
}

// While the master lives it alone reaps, and it marks a slot dead before that. So if a slot is still alive after its
// pid was opened, the descriptor is the child's and not that of a stranger with the same number.
void Keeper::learn_children() {
  for (Slot const& slot : post_.board) {
    if (!slot.is_child() || !slot.is_alive()) {
      children_.erase(&slot);
      continue;
    }
    std::int32_t const pid = slot.pid.load();
    auto const known = children_.find(&slot);
    if (pid <= 1 || (known != children_.end() && known->second.pid == pid)) continue;
    Fd opened = open_pidfd(pid);
    if (!opened || !slot.is_alive() || slot.pid.load() != pid) continue;
    children_[&slot] = {pid, std::move(opened)};
  }
}

// ---- duties

void Keeper::bury(Duty&) {
  if (bury_dead(post_, store_, *teller_, oom_)) ring_eventfd(post_.nudge);
}

void Keeper::take_over(Duty&) {
  for (auto const& taken : takeover_.look(*store_, post_.node, post_.board, now())) teller_->tell_taken(taken);
}

void Keeper::look_after_nodes(Duty& self) {
  rescuer_.round(*store_, beat_->fresh(), now());
  if (rescuer_.alone()) self.next += kAloneEvery - kLookEvery;
}

void Keeper::look_for_cancels(Duty&) {
  // The master kills what does not end, so it has to know the time.
  if (pass_on_cancels(*store_, post_.node, post_.board, now(), log()) > 0) ring_eventfd(post_.nudge);
}

void Keeper::tend(Duty&) { store_->tend(); }

// A child was told that the store does not know this node: it came back empty. A beat makes it known again.
void Keeper::answer_unknown(Duty&) {
  bool asked = false;
  for (Slot& slot : post_.board) asked |= slot.unknown.exchange(0) != 0;
  if (asked) beat_->now();
}

void Keeper::compare(Duty&) { reconciler_.look(*store_, post_.board, now()); }

void Keeper::expect_differences() {
  log().warn("the store was restarted, or is another one: what this worker holds is compared with it");
  reconciler_.store_restarted();
  for (Duty& duty : duties_) duty.next = {};
}

void Keeper::prune(Duty& self) {
  if (store_->prune({.retention = post_.options().retention, .limit = kPruneRows}).more)
    self.next = now() + kPruneAgain;
}

// Twice in a row: no child found anything, and the store has nothing to give and nothing that runs, here or elsewhere.
void Keeper::look_whether_empty(Duty&) {
  bool const quiet = children_rest() && (store_ == nullptr || nothing_left(*store_, post_.options().queues));
  quiet_looks_ = quiet ? quiet_looks_ + 1 : 0;
  if (quiet_looks_ < 2) return;
  post_.board.header().empty = 1;
  ring_eventfd(post_.nudge);
}

bool Keeper::children_rest() const {
  int resting = 0;
  for (Slot const& slot : post_.board) {
    if (!slot.is_child() || slot.state_now() == SlotState::free) continue;
    if (slot.state_now() != SlotState::live || slot.idle.load() == 0) return false;
    ++resting;
  }
  return resting > 0;
}

// ---- the end

// What we held runs elsewhere by now. The master makes a new node and asks the children to start over.
void Keeper::leave_dead_node() {
  log().error(
      "this worker was declared dead by another (its beat did not reach the store for {:.3f} s); it starts over",
      seconds(post_.options().node_dead));
  post_.board.header().trusted_until = 0;
  slot().boot.store(static_cast<std::uint32_t>(Boot::node_dead), std::memory_order_release);
  beat_->stop();
  ::_exit(1);
}

// The master is dead; the kernel kills its children with it. We make sure, and wait until they are: a job must not be
// given to others while its process may still write.
void Keeper::end_children() {
  log().error("the master (pid {}) has died; ending its children", post_.master_pid);
  post_.board.header().stop = 1;
  SteadyPoint const until = now() + kLastPatience;
  for (Slot& slot : post_.board) {
    if (!slot.is_child() || !slot.is_alive()) continue;
    end_child(slot, until);
    slot.wait_status = SIGKILL;  // nobody can ask the kernel any more
    slot.kill_cause = static_cast<std::uint32_t>(KillCause::master_died);
    slot.state.store(static_cast<std::uint32_t>(SlotState::dead), std::memory_order_release);
  }
}

void Keeper::end_child(Slot const& slot, SteadyPoint until) {
  std::int32_t const group = slot.pid.load();  // each child leads one of its own
  if (auto const known = children_.find(&slot); known != children_.end()) {
    kill_by_pidfd(known->second.pidfd.get(), SIGKILL);
    readable(known->second.pidfd.get(), std::max(until - now(), Millis(1)));
    // Programs that its job started: the kernel's death signal does not reach them. As long as one of them lives the
    // number of the group is taken and cannot belong to anybody else; if none does, there is nobody to hit.
    if (group > 1) ::kill(-group, SIGKILL);
    return;
  }
  // Just forked: its pid may not be set yet, and we never signal a process whose pidfd we do not hold. Its parent's
  // death kills it; wait for that.
  while (group > 1 && ::kill(group, 0) == 0 && now() < until) readable(-1, Millis(5));
}

bool Keeper::bury_all(Millis patience) {
  SteadyPoint const until = now() + patience;
  while (true) {
    attend(burying_, now());
    if (!burying_.failing) return true;
    if (now() >= until) return false;
    readable(-1, kTryAgain);
  }
}

bool Keeper::say_good_bye() {
  try {
    reconciler_.look(*store_, post_.board, now());  // a node that leaves may hold nothing
    store_->beat({.node = post_.node, .name = host_name(), .pid = post_.master_pid, .leaving = true});
    remove_lock_file(post_.lock);
    return true;
  } catch (std::exception const& error) {
    log().error("cannot sign off from the store: {}", error.what());
    return false;
  }
}

// The last to go. What could not be released stays with the node, whose lock falls with this process: another worker
// rescues it.
void Keeper::leave() {
  bool all_released = bury_all(kLastPatience);
  if (beat_) beat_->stop();
  if (store_ != nullptr && all_released) all_released = say_good_bye();
  teller_->finish(kHookPatience);
  std::fflush(nullptr);
  ::_exit(all_released ? 0 : 1);
}

}  // namespace kue::worker
