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

void SqliteStore::wait(WaitRequest const& request) {
  // The order matters: first the words, then the look. Whatever is committed or interrupted after the look changes a word, and the
  // sleep sees the other value. What was there before is seen by the look.
  std::uint32_t const commits = wake_.value();
  std::uint32_t const interrupts = interrupts_.load();
  refuse_after_fork("wait for");
  if (interrupted_.exchange(false)) return;
  Prospect const prospect = look("wait for", [&](Connection& db) { return look_ahead(db, request.queues); });
  if (prospect.claimable) return;
  std::chrono::nanoseconds at_most = request.until - clock_.steady_now();
  at_most = std::min<std::chrono::nanoseconds>(at_most, limits::kPollNet);
  if (prospect.next_due) at_most = std::min<std::chrono::nanoseconds>(at_most, *prospect.next_due - now());
  if (interrupts_.load() == interrupts) wake_.sleep(commits, WakeFile::mask_of(request.queues), at_most);
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
