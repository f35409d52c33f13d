#include "kue/worker/child/prefetch.hpp"

#include <algorithm>

namespace kue::worker {

void Prefetch::ended(std::vector<std::string> const& queues, Time took) {
  int next = limits::kMaxBatch;
  for (std::string const& queue : queues) {
    int& size = sizes_.try_emplace(queue, 1).first->second;
    size =
        took < kQuick ? std::min(std::max(size, size_) * 2, limits::kMaxBatch) : std::max(std::min(size, size_) / 2, 1);
    next = std::min(next, size);
  }
  size_ = next;
}

void Prefetch::idle() {
  sizes_.clear();
  size_ = 1;
}

void RunTimes::ran(std::string const& kind, Time took) {
  auto const [found, first] = usual_.try_emplace(kind, took);
  if (!first) found->second = std::max(took, (found->second * 7 + took) / 8);
}

bool RunTimes::is_short(std::string const& kind) const {
  auto const found = usual_.find(kind);
  return found != usual_.end() && found->second < kShort;
}

}  // namespace kue::worker
