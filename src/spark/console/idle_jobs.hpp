#pragma once
// Idle jobs: a sentence for a person who looks at jobs that nobody takes.

#include <kue/store.hpp>

#include <span>
#include <string>

namespace spark {

// "no worker is running: ..."; empty if one is, or if nothing waits.
std::string idle_jobs(kue::Store& jobs, std::span<kue::QueueCounts const> counts, std::string const& program);

}  // namespace spark
