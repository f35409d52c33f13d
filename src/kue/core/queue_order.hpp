#pragma once
// QueueOrder: which queue a claim looks into first, when queues have weights.
//
//   for (std::size_t index : core::draw_order(weights, random)) queues.push_back(names[index]);
//
// Drawn at random for each claim: a queue with weight 3 comes first three times as often as one with weight 1, and what
// is left follows by the same rule. A queue with a weight is first again and again, whatever the others hold: none
// starves.

#include <kue/random.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace kue::core {

std::vector<std::size_t> draw_order(std::span<int const> weights, Random& random);  // indexes; weights are at least 1

}  // namespace kue::core
