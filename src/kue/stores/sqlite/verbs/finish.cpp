// finish and release: the same write behind the same fence.

#include "kue/stores/sqlite/verbs/finish.hpp"

#include "kue/core/decide.hpp"
#include "kue/stores/sqlite/verbs/store.hpp"

#include <kue/error.hpp>

#include <algorithm>
#include <ranges>
#include <set>
#include <unordered_set>

namespace kue::sqlite {
namespace {

class Finishing {
 public:
  Finishing(Tables& tables, Verb verb, std::span<Finish const> items) : tables_(tables), verb_(verb), items_(items) {}

  std::vector<FinishStatus> write() {
    std::vector<FinishStatus> statuses(items_.size(), FinishStatus::applied);
    if (!ends_all_plainly() || !end_all()) {
      auto const running = find_running(tables_.db(), items_);  // all looks before the first write
      for (std::size_t at = 0; at < items_.size(); ++at) statuses[at] = write_one(items_[at], running[at]);
      write_ends();
    }
    std::set<std::uint64_t> holders;
    for (Finish const& item : items_) holders.insert(item.claim.holder);
    tables_.forget_held(holders);
    return statuses;
  }

 private:
  // Runs that end their jobs, each named once: nearly every batch. The events need a look: they name the node.
  bool ends_all_plainly() const {
    auto const plain = [](Finish const& item) {
      return item.claim.holder != 0 && is_final(item.transition.to) && !item.attempt;
    };
    auto const not_later = [](Finish const& one, Finish const& next) { return next.claim.seq <= one.claim.seq; };
    return !tables_.ledger().writes_events() && std::ranges::all_of(items_, plain) &&
           std::ranges::adjacent_find(items_, not_later) == items_.end();
  }

  bool end_all() {
    std::vector<End> ends;
    ends.reserve(items_.size());
    for (Finish const& item : items_) ends.push_back({.item = &item});
    return tables_.make_final(ends, verb_);
  }

  void write_ends() {
    if (!tables_.make_final(ends_, verb_))
      throw Error(ErrorKind::corrupt, "rows changed inside the transaction that had looked at them");
    ends_.clear();
  }

  // Events stand in the order of the items: those of ends that are gathered come first.
  void before_another_event() {
    if (tables_.ledger().writes_events()) write_ends();
  }

  FinishStatus write_one(Finish const& item, std::optional<Running> const& job) {
    Claim const& claim = item.claim;
    bool const held = job && claim.holder != 0 && job->holder == claim.holder && job->claim_no == claim.claim_no &&
                      job->queue == claim.queue && job->lane == claim.lane;
    if (!job && was_last_claim(tables_.db(), claim)) return FinishStatus::already;
    if (!held) {
      before_another_event();
      tables_.ledger().refused(verb_, item);
      return FinishStatus::stale;
    }
    // The same job twice in one call: the first one has ended it.
    if (job->state != State::running || !written_.insert(job->seq).second) return FinishStatus::already;
    Transition const next = job->marked ? core::when_asked_to_cancel(item.transition, {}) : item.transition;
    if (is_final(item.transition.to)) {
      ends_.push_back({&item, job->id, job->node});
    } else {
      before_another_event();
      if (next.to != item.transition.to)
        tables_.make_cancelled(*job, item, verb_);
      else
        tables_.make_waiting(*job, item, verb_);
    }
    if (item.attempt) tables_.note_attempt(job->seq, *item.attempt);
    return next.to == item.transition.to ? FinishStatus::applied : FinishStatus::cancelled;
  }

  Tables& tables_;
  Verb const verb_;
  std::span<Finish const> const items_;
  std::unordered_set<std::int64_t> written_;
  std::vector<End> ends_;
};

}  // namespace

std::vector<FinishStatus> write_finishes(Tables& tables, Verb verb, std::span<Finish const> items) {
  if (items.empty()) return {};
  return Finishing(tables, verb, items).write();
}

FinishResult SqliteStore::finish(FinishRequest const& request) {
  return write(Sync::none,
               [&](Tables& tables) { return FinishResult{write_finishes(tables, Verb::finish, request.items)}; });
}

ReleaseResult SqliteStore::release(ReleaseRequest const& request) {
  return write(Sync::none,
               [&](Tables& tables) { return ReleaseResult{write_finishes(tables, Verb::release, request.items)}; });
}

void SqliteStore::progress(ProgressRequest const& request) {
  write(Sync::none, [&](Tables& tables) {
    for (auto const& [claim, progress] : request.items) tables.note_progress(claim, progress);
    return true;
  });
}

}  // namespace kue::sqlite
