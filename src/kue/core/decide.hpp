#pragma once
// decide: what follows a run. The only place that knows; stores and workers carry it out.

#include <kue/outcome.hpp>
#include <kue/random.hpp>
#include <kue/record.hpp>
#include <kue/store.hpp>

namespace kue::core {

// Pure: the same input gives the same answer. `now` is the wall clock, for the age of an unknown kind only.
Transition decide(Tally const& tally, Outcome const& outcome, TimePoint now, Random& random);

// What a store writes for a job that was asked to be cancelled while it ran (CancelStatus::asked).
Transition when_asked_to_cancel(Transition const& wanted, Tally const& before);
// What has become of the job, by the store's answer to `wanted`.
Transition as_written(Transition const& wanted, FinishStatus answer, Tally const& before);

// Which verb writes it: finish for what a run came to, release for what was given back without an end of its own.
Verb verb_of(Outcome::Kind kind);
// Whether the run is kept in the job's history: all but those that completed or never started.
bool is_remembered(Transition const& transition);

// n^4 + 15 + rand(10(n+1)) seconds, n = failures before this one (Sidekiq's formula, the best known).
Millis retry_delay(std::uint32_t failures_before, Random& random);

}  // namespace kue::core
