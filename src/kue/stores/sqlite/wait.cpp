#include "kue/stores/sqlite/store.hpp"

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

// The poll net does not end a wait: a caller that is let go claims, and a claim is a write. At the net there is only a look.
void SqliteStore::wait(WaitRequest const& request) {
  std::uint32_t const interrupts = interrupts_.load();
  std::uint32_t commits = wake_.value();
  refuse_foreign_descriptors("wait for");
  if (interrupted_.exchange(false)) return;
  while (nap(request, interrupts, commits)) commits = wake_.value();
}

// True: only the net ended it. The order matters: first the words, then the look. Whatever is committed or interrupted after the look
// changes a word, and the sleep sees the other value. What was there before is seen by the look.
bool SqliteStore::nap(WaitRequest const& request, std::uint32_t interrupts, std::uint32_t commits) {
  // Left set: an interrupt ends the present wait and the next.
  if (interrupted_.load() || interrupts_.load() != interrupts) return false;
  Prospect const prospect = look("wait for", [&](Connection& db) { return look_ahead(db, request.queues); });
  if (prospect.claimable) return false;
  std::chrono::nanoseconds at_most = request.until - clock_.steady_now();
  if (prospect.next_due) at_most = std::min<std::chrono::nanoseconds>(at_most, *prospect.next_due - now());
  if (at_most.count() <= 0) return false;
  bool const net = at_most > limits::kPollNet;
  if (net) at_most = limits::kPollNet;
  if (interrupts_.load() != interrupts) return false;
  return wake_.sleep(commits, WakeFile::mask_of(request.queues), at_most) && net;
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
