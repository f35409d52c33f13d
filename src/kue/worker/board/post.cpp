#include "kue/worker/board/post.hpp"

#include <kue/error.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace kue::worker {
namespace {

struct NoServices final : Services {
  void* find(std::type_info const&) override { return nullptr; }
  bool has(std::type_info const&) override { return false; }
};

Boot kind_of_failure(std::exception const& why) {
  auto const* const error = dynamic_cast<Error const*>(&why);
  if (error == nullptr) return Boot::failed;
  switch (error->kind()) {
    case ErrorKind::refused:
    case ErrorKind::invalid:
    case ErrorKind::not_found: return Boot::refused;
    case ErrorKind::corrupt: return Boot::broken;
    default: return Boot::failed;
  }
}

}  // namespace

StoreQueue* store_queue_in(Queue& queue) {
  if (Queue* const behind = queue.behind()) return store_queue_in(*behind);
  return dynamic_cast<StoreQueue*>(&queue);
}

void report_boot_failure(Slot& slot, std::exception const& why) {
  slot.boot_error.set(why.what());
  slot.boot.store(static_cast<std::uint32_t>(kind_of_failure(why)), std::memory_order_release);
}

std::shared_ptr<Services> services_of(WorkerParts const& parts) {
  std::shared_ptr<Services> services = parts.services ? parts.services() : nullptr;
  return services ? services : std::make_shared<NoServices>();
}

std::shared_ptr<Services> all_services_of(WorkerParts const& parts, Registry const& registry) {
  std::shared_ptr<Services> services = services_of(parts);
  std::string missing;
  for (std::string const& sentence : registry.missing(*services)) missing += (missing.empty() ? "" : "; ") + sentence;
  if (!missing.empty()) throw Error(ErrorKind::refused, missing);
  return services;
}

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

bool nothing_left(Store& store, std::vector<std::string> const& queues) {
  return std::ranges::none_of(store.counts(), [&](QueueCounts const& counts) {
    if (!queues.empty() && std::ranges::find(queues, counts.queue) == queues.end()) return false;
    return (counts.paused ? 0 : counts.of(State::available)) + counts.of(State::running) > 0;
  });
}

std::shared_ptr<Queue> queue_of(WorkerParts const& parts) {
  std::shared_ptr<Queue> queue = parts.queue ? parts.queue() : nullptr;
  if (!queue)
    throw Error(ErrorKind::refused, "the worker has no queue to take jobs from: WorkerParts::queue gave none");
  return queue;
}

std::shared_ptr<Queue> open_queue(WorkerParts const& parts) {
  std::shared_ptr<Queue> queue = queue_of(parts);
  StoreQueue* const with_store = store_queue_in(*queue);
  if (with_store != nullptr && !with_store->store().capabilities().across_processes) {
    throw Error(ErrorKind::refused,
                "store " + with_store->store().description() +
                    " lives in one process only, and a worker runs jobs in child processes: use a sqlite: store, or "
                    "run jobs in this process (-c 0)");
  }
  return queue;
}

}  // namespace kue::worker
