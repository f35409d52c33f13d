#include "kue/stores/sqlite/verbs/store.hpp"

#include <algorithm>

namespace kue::sqlite {
namespace {

struct Prospect {
  bool claimable = false;
  std::optional<TimePoint> next_due;
};

void add_prospect(Connection& db, std::string const& queue, Prospect& prospect) {
  if (db.use(Sql::claim_left, queue).step()) prospect.claimable = true;
  auto due = db.use(Sql::claim_next_due, queue);
  if (due.step() && (!prospect.next_due || due.time(0) < *prospect.next_due)) prospect.next_due = due.time(0);
}

Prospect look_ahead(Connection& db, std::span<std::string const> queues) {
  Prospect prospect;
  if (queues.empty()) {
    for (auto row = db.use(Sql::claim_all_queues); row.step();) add_prospect(db, std::string(row.text(0)), prospect);
    return prospect;
  }
  for (std::string const& queue : queues) {
    auto row = db.use(Sql::claim_queue_paused, queue);
    if (row.step() && row.integer(0) == 0) add_prospect(db, queue, prospect);
  }
  return prospect;
}

}  // namespace

// The poll net does not end a wait: a caller that is let go claims, and a claim is a write. At the net there is only a look, and of all who
// sleep only the lookout has it. The order matters: first the word, then the look. Whatever is committed or interrupted after the look
// changes a word, and the sleep sees the other value. What was there before is seen by the look.
void SqliteStore::wait(WaitRequest const& request) {
  std::uint32_t const interrupts = interrupts_.load();
  refuse_foreign_descriptors("wait for");
  if (interrupted_.exchange(false)) return;
  Lookout lookout(wake_);
  // Left set: an interrupt ends the present wait and the next.
  while (!interrupted_.load() && interrupts_.load() == interrupts) {
    if (lookout.is_us()) wake_whoever_may_work();
    std::uint32_t const commits = wake_.value();
    Prospect const prospect = look("wait for", [&](Connection& db) { return look_ahead(db, request.queues); });
    if (prospect.claimable) return;
    SteadyPoint until = request.until;
    if (prospect.next_due) until = std::min(until, clock_.steady_now() + (*prospect.next_due - now()));
    if (!sleep(request, until, interrupts, commits, lookout)) return;
  }
}

// True: look again. False: the wait is over.
bool SqliteStore::sleep(WaitRequest const& request, SteadyPoint until, std::uint32_t interrupts, std::uint32_t commits, Lookout& lookout) {
  while (interrupts_.load() == interrupts) {
    std::chrono::nanoseconds const left = until - clock_.steady_now();
    std::chrono::nanoseconds const net = lookout.stand() ? limits::kPollNet : lookout.left();
    if (left.count() <= 0) return false;
    if (!wake_.sleep(commits, WakeFile::mask_of(request.queues), std::min(left, net)) || left <= net) return false;
    if (lookout.is_us() || lookout.left().count() <= 0 || wake_.value() != commits) return true;
  }
  return false;
}

void SqliteStore::look_out() {
  if (!wake_.anybody_sleeps()) return;
  lookout_.take();
  wake_whoever_may_work();
}

void SqliteStore::wake_whoever_may_work() {
  TimePoint const time = now();
  std::vector<std::string> const ready = look("looking out for work in", [&](Connection& db) {
    std::vector<std::string> found;
    for (auto row = db.use(Sql::look_out, time); row.step();) found.emplace_back(row.text(0));
    return found;
  });
  if (!ready.empty()) wake(ready);
}

void SqliteStore::interrupt() noexcept {
  interrupts_.fetch_add(1);
  interrupted_.store(true);
  // The word is shared: sleepers of other processes look once and sleep on. An interrupt is rare.
  wake_.ring(~0U, 1 << 30);
}

void SqliteStore::wake(std::span<std::string const> queues) noexcept {
  if (queues.empty()) wake_.ring(~0U, 1);
  for (std::string const& queue : queues) wake_.ring(WakeFile::mask_of(std::string_view(queue)), 1);
}

}  // namespace kue::sqlite
