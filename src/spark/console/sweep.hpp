#pragma once
// Sweep: does one thing to every job that a filter chooses, while workers go on.
//
//   Sweep sweep(store, filter);
//   auto const chosen = sweep.count(call);                   // by state
//   sweep.each([&](std::span<kue::JobId const> ids) { store.remove({.ids = ids}); });
//
// Oldest first, in batches so small that a worker's write waits a moment only. What was pushed after it began is left
// alone, so that it comes to an end however fast a producer is.

#include "spark/console/command.hpp"

#include <kue/store.hpp>

#include <array>
#include <functional>
#include <span>

namespace spark {

class Sweep {
 public:
  Sweep(kue::Store& jobs, kue::Filter filter);

  using ByState = std::array<std::int64_t, kue::kStateCount>;
  ByState count(Call const& call);  // from the counters where they know it, else by looking
  void each(std::function<void(std::span<kue::JobId const>)> const& batch);

 private:
  void pages(int limit, std::function<void(std::vector<kue::JobRecord> const&)> const& page);

  kue::Store& store_;
  kue::Filter filter_;
  std::int64_t last_seq_ = 0;  // of the newest job when it began
};

}  // namespace spark
