#include "kue/stores/sqlite/verbs/store.hpp"

#include <algorithm>

namespace kue::sqlite {
namespace {

struct Prospect {
  bool claimable = false;
  std::optional<TimePoint> next_due;
};

Prospect look_ahead(Connection& db, QueueSelector const& asked) {
  Prospect prospect;
  for (auto const& [queue, has_tail] : open_queues(db, asked)) {
    if (any_claimable(db, queue)) prospect.claimable = true;
    auto const due = next_due(db, queue);
    if (due && (!prospect.next_due || *due < *prospect.next_due)) prospect.next_due = due;
  }
  return prospect;
}

// As long as somebody tends the file a sleeper looks seldom whether that is still so.
constexpr std::chrono::milliseconds kSeldom = 4 * limits::kPollNet;

}  // namespace

// A periodic poll does not end a wait: a caller that returns would claim, and a claim is a write. A poll only reads,
// and one of all sleepers does it, if no keeper tends the file. The order matters: first the word, then the read.
// Whatever is committed or interrupted after the read changes a word, and the sleep sees the other value. What was
// there before is seen by the look.
WaitResult SqliteStore::wait(WaitRequest const& request) {
  std::uint32_t const interrupts = file_.interrupts();
  if (file_.take_interrupt()) return {};
  // Left set: an interrupt ends the present wait and the next.
  while (!file_.interrupted(interrupts)) {
    std::uint32_t const commits = file_.wake_file().value();
    Prospect const prospect = file_.look([&](Connection& db) { return look_ahead(db, request.queues); });
    if (prospect.claimable) return {};
    SteadyPoint until = request.until;
    if (prospect.next_due) until = std::min(until, clock_.steady_now() + (*prospect.next_due - now()));
    if (!sleep(request, until, interrupts, commits)) return {};
  }
  return {};
}

// True: look again. False: the wait is over.
bool SqliteStore::sleep(WaitRequest const& request, SteadyPoint until, std::uint32_t interrupts,
                        std::uint32_t commits) {
  WakeFile& wake = file_.wake_file();
  while (!file_.interrupted(interrupts)) {
    std::chrono::nanoseconds const left = until - clock_.steady_now();
    std::chrono::nanoseconds const net = wake.tended_lately() ? kSeldom : limits::kPollNet;
    if (left.count() <= 0) return false;
    if (!wake.sleep(commits, WakeFile::mask_of(request.queues.names), std::min(left, net)) || left <= net) return false;
    if (!wake.tended_lately() && wake.take_turn_to_tend()) {
      wake_whoever_may_work();
      return true;  // ours may be among it
    }
  }
  return false;
}

void SqliteStore::wake_whoever_may_work() {
  TimePoint const time = now();
  std::vector<std::string> const ready = file_.look([&](Connection& db) { return queues_with_work(db, time); });
  if (!ready.empty()) wake(ready);
}

void SqliteStore::interrupt() noexcept { file_.interrupt(); }

void SqliteStore::wake(std::span<std::string const> queues) noexcept {
  AfterCommit who;
  if (queues.empty()) who.wakes[~0U] = 1;
  for (std::string const& queue : queues) who.wakes[WakeFile::mask_of(std::string_view(queue))] = 1;
  file_.ring(who);
}

}  // namespace kue::sqlite
