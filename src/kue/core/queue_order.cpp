#include "kue/core/queue_order.hpp"

#include <numeric>

namespace kue::core {

std::vector<std::size_t> draw_order(std::span<int const> weights, Random& random) {
  std::vector<std::size_t> left(weights.size()), order;
  std::iota(left.begin(), left.end(), std::size_t{0});
  while (!left.empty()) {
    std::uint64_t sum = 0;
    for (std::size_t const index : left) sum += static_cast<std::uint64_t>(weights[index]);
    std::uint64_t ticket = left.size() > 1 ? random.below(sum) : 0;
    auto drawn = left.begin();
    while (ticket >= static_cast<std::uint64_t>(weights[*drawn]))
      ticket -= static_cast<std::uint64_t>(weights[*drawn++]);
    order.push_back(*drawn);
    left.erase(drawn);
  }
  return order;
}

}  // namespace kue::core
