#pragma once
// The command `bench` of the program spark: how fast jobs go through a store, with real processes.

#include "spark/console/command.hpp"

namespace spark::bench {

Builtin bench_command();

// True in a worker that the benchmark started: it runs the benchmark's job.
bool is_bench_worker();

}  // namespace spark::bench
