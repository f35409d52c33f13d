#include "kue/worker/queue_weights.hpp"

#include <fmt/format.h>

namespace kue::worker {

std::string problem_of_weights(WorkerOptions const& options) {
  auto const& weights = options.queue_weights;
  auto const& queues = options.queues;
  if (weights.empty()) return {};
  if (weights.size() != queues.size())
    return fmt::format("there are {} queues and {} weights; each queue needs one, or none has", queues.size(),
                       weights.size());
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (weights[i] >= 1 && weights[i] <= limits::kMaxQueueWeight) continue;
    return fmt::format("the weight of queue {} is {}; it must be 1 to {}", queues[i], weights[i],
                       limits::kMaxQueueWeight);
  }
  return {};
}

}  // namespace kue::worker
