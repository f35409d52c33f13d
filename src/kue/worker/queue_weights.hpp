#pragma once
// What is wrong with WorkerOptions::queue_weights, as a sentence; empty: nothing.

#include <kue/worker.hpp>

#include <string>

namespace kue::worker {

std::string problem_of_weights(WorkerOptions const& options);

}  // namespace kue::worker
