#pragma once
// seconds: a duration as messages and log lines show it, with {:.3f}.

#include <kue/clock.hpp>

namespace kue::worker {

inline double seconds(Millis duration) { return static_cast<double>(duration.count()) / 1000; }

}  // namespace kue::worker
