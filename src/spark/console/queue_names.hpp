#pragma once
// Names of queues that a person types.

#include <kue/store.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace spark {

// The counters of a queue that has or had jobs, or is paused. Throws Error(not_found) with the nearest name, and `hint`
// if there is one.
kue::QueueCounts known_queue(kue::Store& jobs, std::string const& name, std::string_view hint = {});

}  // namespace spark
