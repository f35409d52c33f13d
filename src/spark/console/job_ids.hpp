#pragma once
// Job ids as people type them: whole, or the end of one.
//
//   kue::JobId const id = job_ids(call, {"d4e5f6"}).front();
//
// An end is six hexadecimal digits or more, with or without dashes, and is looked for among the newest kNewestJobs
// jobs.

#include "spark/console/command.hpp"

#include <string>
#include <vector>

namespace spark {

inline constexpr std::size_t kShortestEnd = 6;
inline constexpr int kNewestJobs = 10'000;  // a bound for what one command reads

// In the order of `texts`. Throws Error(invalid) for what is neither an id nor an end, naming all of them, and for an
// end that several jobs have, naming those; Error(not_found) for an end that no job has. Opens the store only to look
// for an end.
std::vector<kue::JobId> job_ids(Call& call, std::vector<std::string> const& texts);

}  // namespace spark
