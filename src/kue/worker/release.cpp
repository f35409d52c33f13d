#include "kue/worker/release.hpp"

#include "kue/core/decide.hpp"

#include <kue/error.hpp>

#include <fmt/format.h>

namespace kue::worker {
namespace {

std::optional<EntryView> entry_of(Slot const& slot, RunningJob const& row) {
  for (int index = 0; index < limits::kMaxBatch; ++index) {
    if (slot.word(index).state == EntryState::free) continue;
    std::optional<EntryView> entry = slot.read(index);
    if (entry && entry->id == row.id && entry->claim_no == row.claim_no) return entry;
  }
  return std::nullopt;
}

Outcome outcome_of(std::optional<EntryView> const& entry, Death const& death, Millis hard_grace) {
  // No entry: it died between the claim and the first note of it, so nothing was started.
  if (!entry || !entry->started()) return {.kind = Outcome::Kind::returned};
  if (entry->outcome) return *entry->outcome;
  return verdict(death, *entry, hard_grace);
}

}  // namespace

Released Releaser::write(RunningJob const& row, std::optional<EntryView> const& entry, Outcome outcome) {
  TimePoint const now = Clock::system().now();
  Released released{.row = row, .entry = entry, .outcome = std::move(outcome), .transition = {}};
  released.transition = core::decide(row.tally, released.outcome, now, Random::system());
  Finish item{.id = row.id, .holder = row.holder, .claim_no = row.claim_no, .transition = released.transition};
  if (entry) item.started_at = entry->started_at;
  item.result = released.outcome.result;
  if (core::is_remembered(released.transition)) {
    item.attempt = Attempt{.claim_no = row.claim_no,
                           .attempt = entry ? entry->attempt : row.tally.attempt + 1,
                           .reason = released.transition.reason,
                           .failure = released.outcome.failure,
                           .started_at = item.started_at.value_or(row.claimed_at),
                           .ended_at = now,
                           .node = node,
                           .pid = pid};
  }
  try {
    bool const release = core::verb_of(released.outcome.kind) == Verb::release;
    auto const items = std::span<Finish const>(&item, 1);
    released.status = release ? store.release({.items = items}).statuses.at(0) : store.finish({.items = items}).statuses.at(0);
  } catch (Error const& error) {
    if (error.retryable() || error.outcome_unknown() || released.outcome.kind == Outcome::Kind::failed) throw;
    return write(row, entry, {.kind = Outcome::Kind::failed, .failure = {.type = "kue::Error", .message = error.what()}});
  }
  return released;
}

std::vector<Released> release_holder(Store& store, std::uint64_t node, Slot const& slot, Death const& death, Millis hard_grace) {
  Releaser releaser{store, node, slot.pid.load()};
  std::vector<Released> all;
  for (RunningJob const& row : store.running({.holder = slot.holder.load()})) {
    std::optional<EntryView> const entry = entry_of(slot, row);
    all.push_back(releaser.write(row, entry, outcome_of(entry, death, hard_grace)));
  }
  return all;
}

std::string describe_release(Released const& released) {
  Transition const& next = released.transition;
  if (released.status == FinishStatus::stale) return "it is no longer this worker's";
  if (next.to == State::available) {
    switch (next.reason) {
      case Reason::crashed:
      case Reason::oom:
      case Reason::hard_timeout:
        return fmt::format("it is available again (crash {} of {})", next.tally.crashes, limits::kMaxCrashes);
      default: return fmt::format("it is available again ({})", to_string(next.reason));
    }
  }
  if (next.to == State::retryable) return fmt::format("it runs again in {} s", next.delay.count() / 1000);
  return fmt::format("it is {} ({})", to_string(next.to), to_string(next.reason));
}

}  // namespace kue::worker
