#pragma once
// The counters of a queue as the commands show them.

#include <kue/json.hpp>
#include <kue/store.hpp>

#include <array>

namespace spark {

// In the order in which people ask for them.
inline constexpr std::array kCountedStates{kue::State::available, kue::State::running,  kue::State::scheduled,
                                           kue::State::retryable, kue::State::blocked,  kue::State::completed,
                                           kue::State::discarded, kue::State::cancelled};
static_assert(kCountedStates.size() == kue::kStateCount);

void write_counts(kue::Writer& writer, kue::QueueCounts const& counts);  // members "queue", "paused", then one a state
void write_time(kue::Writer& writer, std::string_view key, std::optional<kue::TimePoint> time);  // ISO 8601 or null

}  // namespace spark
