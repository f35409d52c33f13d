#pragma once
// JobHistory: the runs of a job, from the first that is kept to the one that is going on.

#include <kue/record.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace spark {

// Of the run whose end is errors[index], or of the one behind these. Runs are counted from 1; once the oldest have been
// dropped nobody knows how many they were, and the number of the claim, which is no smaller, takes its place.
std::uint32_t run_number(kue::JobRecord const& record, std::size_t index);

// When the present run began, else the last one; nothing if there was none.
std::optional<kue::TimePoint> began_at(kue::JobRecord const& record);

// A line a run, with what went wrong below it; printable. `now`: for the run that is going on.
std::string history_text(kue::JobRecord const& record, kue::TimePoint now);

}  // namespace spark
