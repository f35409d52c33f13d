#include "kue/worker/node/release.hpp"

#include "kue/core/attempt_record.hpp"
#include "kue/core/decide.hpp"
#include "kue/core/result_note.hpp"

#include <kue/error.hpp>

#include <fmt/format.h>

#include <map>
#include <utility>

namespace kue::worker {
namespace {

// Every entry of a slot that says what it holds, by job and claim.
std::map<std::pair<JobId, std::uint32_t>, EntryView> entries_of(Slot const& slot) {
  std::map<std::pair<JobId, std::uint32_t>, EntryView> entries;
  slot.for_each_entry([&](int index, EntryWord) {
    if (auto entry = slot.read(index)) entries.insert_or_assign({entry->claim.id, entry->claim.claim_no}, *entry);
  });
  return entries;
}

Outcome outcome_of(std::optional<EntryView> const& entry, Death const& death, Millis hard_grace) {
  // No entry: it died between the claim and the first note of it, so nothing was started.
  if (!entry || !entry->started()) return {.kind = Outcome::Kind::returned};
  if (entry->outcome) return *entry->outcome;
  return verdict(death, *entry, hard_grace);
}

bool is_release(Released const& one) { return core::verb_of(one.outcome.kind) == Verb::release; }

}  // namespace

Finish Releaser::describe(Released& one) const {
  TimePoint const now = Clock::system().now();
  RunningJob const& row = one.row;
  one.transition = core::decide(row.tally, one.outcome, now, Random::system());
  return core::finish_of(
      row.claim, one.outcome, one.transition, one.entry ? one.entry->started_at : std::nullopt,
      {.attempt = one.attempt(), .started_at = row.claimed_at, .ended_at = now, .node = node, .pid = pid});
}

Released Releaser::write(RunningJob const& row, std::optional<EntryView> const& entry, Outcome outcome) {
  Released released{.row = row, .entry = entry, .outcome = std::move(outcome), .transition = {}};
  for (bool replaced = false;; replaced = true) {
    try {
      Finish const item = describe(released);
      auto const items = std::span(&item, 1);
      released.answered(is_release(released) ? store.release({.items = items}).statuses.at(0)
                                             : store.finish({.items = items}).statuses.at(0));
      return released;
    } catch (Error const& error) {
      if (error.retryable() || error.outcome_unknown() || replaced) throw;
      released.outcome = core::without_what_is_refused(released.outcome, error.what());
    }
  }
}

void Releaser::write_all(std::span<Released> all) {
  std::vector<Finish> finishes, releases;
  std::vector<Released*> finished, given_back;
  for (Released& one : all) {
    (is_release(one) ? releases : finishes).push_back(describe(one));
    (is_release(one) ? given_back : finished).push_back(&one);
  }
  try {
    auto const fill = [](std::vector<Released*> const& to, std::vector<FinishStatus> const& statuses) {
      for (std::size_t i = 0; i < to.size(); ++i) to[i]->answered(statuses.at(i));
    };
    if (!finishes.empty()) fill(finished, store.finish({.items = finishes}).statuses);
    if (!releases.empty()) fill(given_back, store.release({.items = releases}).statuses);
  } catch (Error const& error) {
    if (error.retryable() || error.outcome_unknown()) throw;
    for (Released& one : all) one = write(one.row, one.entry, one.outcome);
  }
}

void Released::answered(FinishStatus answer) {
  status = answer;
  transition = core::as_written(transition, answer, row.tally);
}

std::vector<Released> release_holder(Store& store, std::uint64_t node, Slot const& slot, Death const& death,
                                     Millis hard_grace) {
  auto const entries = entries_of(slot);
  std::vector<Released> all;
  for (RunningJob const& row : store.running({.holder = slot.holder.load()})) {
    auto const found = entries.find({row.claim.id, row.claim.claim_no});
    auto const entry = found == entries.end() ? std::nullopt : std::optional(found->second);
    all.push_back({.row = row, .entry = entry, .outcome = outcome_of(entry, death, hard_grace), .transition = {}});
  }
  Releaser{store, node, slot.pid.load()}.write_all(all);
  return all;
}

std::string describe_release(Released const& released) {
  Transition const& next = released.transition;
  if (released.status == FinishStatus::stale) return "it is no longer this worker's";
  if (released.status == FinishStatus::already) return "the store has its end already";
  if (next.to == State::available) {
    switch (next.reason) {
      case Reason::crashed:
      case Reason::oom:
      case Reason::hard_timeout:
        return fmt::format("it is available again (crash {} of {})", next.tally.crashes, limits::kMaxCrashes);
      default: return fmt::format("it is available again ({})", to_string(next.reason));
    }
  }
  if (is_waiting(next.to)) return fmt::format("it runs again in {} s", next.delay.count() / 1000);
  if (to_string(next.to) == to_string(next.reason)) return fmt::format("it is {}", to_string(next.to));
  return fmt::format("it is {} ({})", to_string(next.to), to_string(next.reason));
}

}  // namespace kue::worker
