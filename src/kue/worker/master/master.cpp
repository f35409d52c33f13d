#include "kue/worker/master/master.hpp"

#include "kue/base/eventfd.hpp"
#include "kue/base/pidfd.hpp"
#include "kue/worker/board/verdict.hpp"

#include <kue/error.hpp>

#include <fmt/format.h>

#include <sys/epoll.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <utility>

namespace kue::worker {
namespace {

constexpr Millis kScanMin{20}, kUnsettledMax{1000}, kScanMax{5000};
constexpr Millis kKeeperPatience{30'000};  // longer than its own; then something is badly wrong
constexpr int kLastKeepers = 3;            // keepers that may die at the end before we give up

enum Watched : std::uint64_t { kSignals, kNudge, kMembers };  // epoll data; kMembers + pid

int to_wait_status(siginfo_t const& info) {
  if (info.si_code == CLD_EXITED) return info.si_status << 8;
  return info.si_status | (info.si_code == CLD_DUMPED ? 0x80 : 0);
}

std::string list(WorkerOptions const& options) {
  if (options.queues.empty()) return "all";
  std::string text;
  for (std::size_t i = 0; i < options.queues.size(); ++i) {
    text += (text.empty() ? "" : ", ") + options.queues[i];
    if (!options.queue_weights.empty()) text += fmt::format(":{}", options.queue_weights[i]);
  }
  return text;
}

Fd checked(Fd descriptor, char const* what) {
  if (!descriptor)
    throw Error(ErrorKind::unavailable, fmt::format("the worker cannot start: {}: {}", what, std::strerror(errno)));
  return descriptor;
}

}  // namespace

int most_children(int concurrency) {
  return std::min(limits::kMaxConcurrency, std::max(4 * concurrency, concurrency + 8));
}

Master::Master(Post post, Lives lives, PidFile* pid_file, std::function<void(std::uint64_t)> set_node)
    : post_(std::move(post)),
      lives_(std::move(lives)),
      pid_file_(pid_file),
      set_node_(std::move(set_node)),
      signals_({SIGTERM, SIGQUIT, SIGINT, SIGTTIN, SIGTTOU}),
      children_respawn_(options().respawn_delay, options().respawn_delay_max),
      keeper_respawn_(options().respawn_delay, options().respawn_delay_max),
      wanted_(options().concurrency) {
  post_.master_pid = ::getpid();
  epoll_ = checked(Fd(::epoll_create1(EPOLL_CLOEXEC)), "epoll");
  bell_ = checked(open_eventfd(), "eventfd");
  post_.keeper_bell = bell_.get();
  nudge_ = checked(open_eventfd(), "eventfd");
  post_.nudge = nudge_.get();
  self_ = checked(open_pidfd(::getpid()), "pidfd_open");
  post_.master_pidfd = self_.get();
  for (auto const& [descriptor, data] : {std::pair{signals_.descriptor(), kSignals}, std::pair{nudge_.get(), kNudge}}) {
    epoll_event event{.events = EPOLLIN, .data = {.u64 = data}};
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, descriptor, &event);
  }
  renew_node();
}

int Master::run() {
  while (!finished_) {
    SteadyPoint const now = Clock::system().steady_now();
    balance(now);
    enforce_limits(now);
    if (!finished_) wait(now);
    if (::getpid() == 1) bury_orphans();
  }
  return exit_code_;
}

// ---- the loop

void Master::balance(SteadyPoint now) {
  for (Member const& member : members_) {
    if (post_.board.slot(member.slot).boot_now() != Boot::ready) continue;
    (member.role == Role::child ? children_respawn_ : keeper_respawn_).booted();
  }
  if (closing_ || (stopping_ && !any_child())) return close_down(now);
  if (keeper() == nullptr && keeper_respawn_.may_start(now)) start(Role::keeper, now);
  if (stopping_) return;

  // A difference, never its absolute value: too many children are asked to leave, and no more are started for them.
  int const missing = wanted_ - count_children();
  for (int i = 0; i < missing && children_respawn_.may_start(now); ++i) {
    if (!start(Role::child, now)) break;
    if (children_respawn_.failed_boots() > 0) break;  // while starting fails, one at a time
  }
  for (int i = 0; i < -missing; ++i) {
    // An idle one if there is one; else the youngest, which has least to lose.
    auto const stays = [](Member const& member) { return member.role == Role::child && !member.leaving; };
    auto chosen = std::find_if(members_.begin(), members_.end(),
                               [&](Member const& member) { return stays(member) && slot(member).idle.load() != 0; });
    if (chosen == members_.end()) {
      auto const youngest = std::find_if(members_.rbegin(), members_.rend(), stays);
      if (youngest == members_.rend()) break;
      chosen = std::prev(youngest.base());
    }
    ask_to_stop(*chosen);
  }
}

void Master::enforce_limits(SteadyPoint now) {
  bool const time_is_up = stopping_ && now >= deadline_;
  for (Member& member : members_) {
    if (member.role != Role::child || member.killed) continue;
    if (time_is_up) {
      condemn(member, KillCause::stop, nullptr);
      kill(member);
    } else {
      condemn(member, KillCause::hard_timeout, &now);
      condemn(member, KillCause::cancelled, &now);
    }
  }
}

// Turns running entries into condemned ones, so that a job that ends at this very moment, or the next one, is not the
// one that is killed. For a hard time-out or a cancelled job: only those over their limit, and then the process is
// killed.
void Master::condemn(Member& member, KillCause cause, SteadyPoint const* over_limit_at) {
  Slot& its = slot(member);
  bool any = false;
  its.for_each_entry([&](int entry, EntryWord word) {
    if (word.state != EntryState::running) return;
    if (over_limit_at != nullptr) {
      std::optional<SteadyPoint> const limit = limit_of(its, entry, word, cause);
      if (!limit || *over_limit_at < *limit) return;
    }
    any = its.change(entry, word, EntryState::condemned) || any;
  });
  if (any || over_limit_at == nullptr)
    its.kill_cause.store(static_cast<std::uint32_t>(cause), std::memory_order_release);
  if (any && over_limit_at != nullptr) kill(member);
}

std::optional<SteadyPoint> Master::limit_of(Slot const& its, int entry, EntryWord run, KillCause cause) const {
  if (cause == KillCause::cancelled) {
    std::optional<SteadyPoint> const asked = its.cancel_asked_at(entry, run);
    if (asked) return *asked + options().hard_timeout_grace;
    return std::nullopt;
  }
  std::optional<EntryView> const view = its.read(entry);
  if (!view || view->word != run) return std::nullopt;
  return view->hard_limit;
}

// True if every expected process is running and ready. No event tells us that a child became ready, or that an orphan
// exited which we must reap as process 1.
bool Master::settled() const {
  bool const ready = std::all_of(members_.begin(), members_.end(), [&](Member const& member) {
    return post_.board.slot(member.slot).boot_now() == Boot::ready;
  });
  return ready && !stopping_ && std::cmp_equal(members_.size(), wanted_ + 1) && ::getpid() != 1;
}

SteadyPoint Master::next_look(SteadyPoint now) const {
  // A hard limit lies at least the grace behind the start of its run, and a scan that sees the run waits for its limit:
  // so a scan at half of the grace is never too late, even if one saw an entry that was being written. Who asks for a
  // cancel rings.
  SteadyPoint next = now + std::clamp(options().hard_timeout_grace / 2, kScanMin, settled() ? kScanMax : kUnsettledMax);
  if (stopping_) next = std::min(next, std::max(deadline_, now + kScanMin));
  if (closing_) next = std::min(next, keeper_deadline_);
  if (!stopping_ && count_children() < wanted_ && children_respawn_.next() > now)
    next = std::min(next, children_respawn_.next());
  if (keeper() == nullptr && keeper_respawn_.next() > now) next = std::min(next, keeper_respawn_.next());
  for (Member const& member : members_) {
    if (member.role != Role::child || member.killed) continue;
    Slot const& its = post_.board.slot(member.slot);
    its.for_each_entry([&](int entry, EntryWord word) {
      if (word.state != EntryState::running) return;
      for (KillCause const cause : {KillCause::hard_timeout, KillCause::cancelled})
        next = std::min(next, limit_of(its, entry, word, cause).value_or(next));
    });
  }
  return next;
}

void Master::wait(SteadyPoint now) {
  Millis const sleep = std::max(next_look(now) - now, Millis(1));
  std::array<epoll_event, 16> events{};
  int const count =
      ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), static_cast<int>(sleep.count()));
  for (int i = 0; i < count; ++i) {
    std::uint64_t const data = events[static_cast<std::size_t>(i)].data.u64;
    if (data == kSignals) {
      while (int const signal = signals_.next()) on_signal(signal);
    } else if (data == kNudge) {
      on_nudge();
    } else {
      reap(static_cast<pid_t>(data - kMembers));
    }
  }
}

void Master::on_signal(int signal) {
  switch (signal) {
    case SIGINT:
      if (++interrupts_ > 1) {
        if (!stopping_ || Clock::system().steady_now() < deadline_)
          log().warn("stopping now; running jobs are given back");
        return begin_stop(0, Millis(0));
      }
      [[fallthrough]];
    case SIGTERM:
    case SIGQUIT: return begin_stop(0, options().stop_timeout);
    case SIGTTIN: return change_pool(+1);
    case SIGTTOU: return change_pool(-1);
    default: return;
  }
}

void Master::on_nudge() {
  clear_eventfd(nudge_.get());
  Member const* const its_keeper = keeper();
  if (its_keeper != nullptr && slot(*its_keeper).boot_now() == Boot::ready) say_started();
  if (options().stop_when_empty && post_.board.header().empty.load() != 0 && !stopping_) {
    log().info("nothing is left to do");
    begin_stop(0, options().stop_timeout);
  }
}

void Master::say_started() {
  if (said_started_) return;
  said_started_ = true;
  Header const& header = post_.board.header();
  log().info("worker started: {} {}, queues: {}, store {} (pid {}); stop with Ctrl-C", wanted_,
             wanted_ == 1 ? "child" : "children", list(options()), header.store.get(), ::getpid());
  if (header.acknowledges.load() == 0) {
    log().warn("this queue is at-most-once: it hands a job out and forgets it, so a job whose process dies, or that "
               "fails, is lost");
  }
}

// ---- members

Master::Member const* Master::keeper() const {
  auto const found =
      std::find_if(members_.begin(), members_.end(), [](Member const& member) { return member.role == Role::keeper; });
  return found == members_.end() ? nullptr : &*found;
}

int Master::count_children() const {
  return static_cast<int>(std::count_if(members_.begin(), members_.end(), [](Member const& member) {
    return member.role == Role::child && !member.leaving;
  }));
}

bool Master::any_child() const {
  return std::any_of(members_.begin(), members_.end(), [](Member const& member) { return member.role == Role::child; });
}

bool Master::start(Role role, SteadyPoint now) {
  int const index = post_.board.take_free_slot(role);
  if (index < 0) return false;  // the keeper has still to bury; it nudges us
  Slot& its = post_.board.slot(index);
  if (role == Role::child) post_.emit({.event = WorkerEvent::before_fork});
  std::cout.flush();
  std::fflush(nullptr);  // what is buffered would be printed twice
  Respawn& respawn = role == Role::child ? children_respawn_ : keeper_respawn_;
  pid_t const pid = ::fork();
  if (pid == 0) become(role, index);
  if (pid < 0) {
    log().error("cannot start a {}: fork: {}; trying again", role == Role::child ? "child" : "keeper",
                std::strerror(errno));
    its.change(SlotState::starting, SlotState::free);
    respawn.fork_failed(now);
    return false;
  }
  ::setpgid(pid, pid);  // the child does the same: whoever comes first
  its.pid = pid;
  Member member{.slot = index, .pid = pid, .pidfd = open_pidfd(pid), .role = role, .born = now};
  epoll_event event{.events = EPOLLIN, .data = {.u64 = kMembers + static_cast<std::uint64_t>(pid)}};
  if (!member.pidfd || ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, member.pidfd.get(), &event) != 0) {
    log().error("cannot watch process {}: {}; it is ended, trying again", pid, std::strerror(errno));
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    its.wait_status = SIGKILL;
    its.state = static_cast<std::uint32_t>(SlotState::dead);
    ring_keeper();
    respawn.fork_failed(now);
    return false;
  }
  its.change(SlotState::starting, SlotState::live);
  members_.push_back(std::move(member));
  if (role == Role::child) ring_keeper();  // it opens the child's pidfd early
  return true;
}

// In the new process. noexcept: nothing may ever unwind from here into the master's loop.
void Master::become(Role role, int index) noexcept {
  signals_.close_in_child();
  epoll_.reset();
  for (Member& member : members_) member.pidfd.reset();
  if (pid_file_ != nullptr) pid_file_->forget_in_child();
  Post post = post_;
  post.slot_index = index;
  if (role == Role::keeper) lives_.of_keeper(std::move(post));
  bell_.release();  // the child rings it, and never closes it: see Sentinel
  nudge_.reset();
  self_.reset();
  lives_.of_child(std::move(post));
  std::abort();  // they never return
}

bool Master::reap(int pid) {
  auto const found =
      std::find_if(members_.begin(), members_.end(), [&](Member const& member) { return member.pid == pid; });
  if (found == members_.end()) return false;
  siginfo_t info{};
  // Looked at, not yet reaped: until then the number cannot belong to another process.
  if (::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT | WNOHANG) != 0 || info.si_pid == 0) return true;
  Member member = std::move(*found);
  members_.erase(found);
  int const wait_status = to_wait_status(info);
  if (wait_status != 0 && member.role == Role::child && member.pid > 1)
    ::kill(-member.pid, SIGKILL);  // programs that its job started
  Slot& its = slot(member);
  its.lines.write_for_another();  // before anybody tells of its end
  its.wait_status.store(wait_status, std::memory_order_release);
  its.state.store(static_cast<std::uint32_t>(SlotState::dead),
                  std::memory_order_release);  // before it is reaped: see Keeper::learn_children
  ::waitid(P_PID, static_cast<id_t>(member.pid), &info, WEXITED);
  member.pidfd.reset();
  SteadyPoint const now = Clock::system().steady_now();
  member.role == Role::child ? after_child(member, wait_status, now) : after_keeper(member, wait_status, now);
  ring_keeper();
  return true;
}

// Process 1 of a container inherits what jobs started and did not wait for. Everywhere else init has this duty.
void Master::bury_orphans() {
  for (;;) {
    siginfo_t info{};
    if (::waitid(P_ALL, 0, &info, WEXITED | WNOWAIT | WNOHANG) != 0 || info.si_pid == 0) return;
    if (!reap(info.si_pid)) ::waitid(P_PID, static_cast<id_t>(info.si_pid), &info, WEXITED | WNOHANG);
  }
}

void Master::after_child(Member const& member, int wait_status, SteadyPoint now) {
  Slot const& its = slot(member);
  Boot const boot = its.boot_now();
  post_.emit(
      {.event = WorkerEvent::child_exit, .pid = member.pid, .duration = now - member.born, .wait_status = wait_status});
  if (stopping_ || member.leaving || member.killed) return;
  children_respawn_.ended({.booted = boot == Boot::ready, .worked = its.runs.load() > 0, .lasted = now - member.born},
                          now);
  if (boot != Boot::ready) return note_failed_boot(its, wait_status, children_respawn_);
  bool const with_job = its.any_entry([](int, EntryWord) { return true; });
  if (wait_status != 0 && !with_job)
    log().warn("child {} ended with {} without a job; a new one takes its place", member.pid,
               describe_wait_status(wait_status));
}

void Master::after_keeper(Member const& member, int wait_status, SteadyPoint now) {
  Slot& its = slot(member);
  Boot const boot = its.boot_now();
  its.change(SlotState::dead, SlotState::free);  // it holds no job: nobody has to bury it
  if (closing_) {
    bool const well = wait_status == 0 || exit_code_ != 0;
    if (well || ++last_keepers_ >= kLastKeepers) finished_ = true;
    if (!well && finished_) {
      log().error("could not stop cleanly: the keeper ended with {}; another worker gives back what is left",
                  describe_wait_status(wait_status));
      exit_code_ = 1;
    }
    return;
  }
  if (boot == Boot::node_dead) return renew_node();
  bool const booted = boot == Boot::ready;
  keeper_respawn_.ended({.booted = booted, .worked = false, .lasted = now - member.born}, now);
  if (!booted) return note_failed_boot(its, wait_status, keeper_respawn_);
  log().error("the keeper ({}) ended with {}; a new one takes its place", member.pid,
              describe_wait_status(wait_status));
}

void Master::note_failed_boot(Slot const& its, int wait_status, Respawn const& respawn) {
  std::string why = its.boot_error.get();
  if (why.empty()) why = "it ended with " + describe_wait_status(wait_status) + " before it was ready";
  Boot const boot = its.boot_now();
  if (stopping_) return;
  if (boot == Boot::refused || boot == Boot::broken) {
    log().error("the worker cannot start: {}", why);
    return begin_stop(boot == Boot::refused ? 2 : 4, options().stop_timeout);
  }
  if (respawn.give_up()) {
    log().error("giving up after {} failed starts in a row; the last: {}", respawn.failed_boots(), why);
    return begin_stop(4, options().stop_timeout);
  }
  Millis const delay = std::max(respawn.next() - Clock::system().steady_now(), Millis(0));
  log().error("process {} could not start ({} of {} in a row), the next one tries in {} ms: {}", its.pid.load(),
              respawn.failed_boots(), limits::kMaxFailedBoots, delay.count(), why);
}

void Master::ask_to_stop(Member& member) {
  member.leaving = true;
  slot(member).ask_to_stop();
}

void Master::kill(Member& member) {
  if (std::exchange(member.killed, true)) return;
  if (!kill_by_pidfd(member.pidfd.get(), SIGKILL)) ::kill(member.pid, SIGKILL);
}

// ---- stopping and changing

void Master::begin_stop(int exit_code, Millis timeout) {
  SteadyPoint const now = Clock::system().steady_now();
  SteadyPoint const deadline = now + timeout;
  deadline_ = stopping_ ? std::min(deadline_, deadline) : deadline;  // one deadline for all
  if (std::exchange(stopping_, true)) return;
  exit_code_ = exit_code;
  post_.emit({.event = WorkerEvent::shutdown, .pid = ::getpid()});
  if (timeout > Millis(0)) log().info("stopping: running jobs have {} s to end", (timeout.count() + 999) / 1000);
  post_.board.header().stop = 1;
  for (Member& member : members_) {
    if (member.role == Role::child) ask_to_stop(member);
  }
}

// All children are gone. The keeper returns the jobs that they held, signs off from the store, and exits last.
void Master::close_down(SteadyPoint now) {
  if (!std::exchange(closing_, true)) {
    keeper_deadline_ = now + kKeeperPatience;
    post_.board.header().stage = static_cast<std::uint32_t>(Stage::closing);
    ring_keeper();
    bool const never_started = keeper() == nullptr && exit_code_ != 0 && keeper_respawn_.failed_boots() > 0;
    if (never_started) finished_ = true;  // another would not start either
  }
  if (finished_) return;
  Member const* const last = keeper();
  if (last == nullptr && keeper_respawn_.may_start(now)) start(Role::keeper, now);
  if (last != nullptr && now >= keeper_deadline_) {
    log().error("could not stop cleanly: the keeper does not end; another worker gives back what is left");
    exit_code_ = 1;
    last_keepers_ = kLastKeepers;
    kill_by_pidfd(last->pidfd.get(), SIGKILL);
    keeper_deadline_ = now + kKeeperPatience;
  }
}

void Master::change_pool(int by) {
  int const before = wanted_;
  wanted_ = std::clamp(wanted_ + by, 1, most_children(options().concurrency));
  if (wanted_ == before) {
    log().warn("the number of children stays at {}: it is the {}", wanted_, by > 0 ? "greatest" : "smallest");
  } else {
    log().info("{} children from now on", wanted_);
  }
}

// Another worker has declared our node dead. Under a new name all starts over: children of the old one finish and
// leave.
void Master::renew_node() {
  node_lock_.remove();
  post_.node = random_bits();
  node_lock_ = NodeLock(post_.node, log());
  post_.lock = node_lock_.file();
  set_node_(post_.node);
  for (Member& member : members_) {
    if (member.role == Role::child) ask_to_stop(member);
  }
}

void Master::ring_keeper() const { ring_eventfd(bell_.get()); }

}  // namespace kue::worker
