#pragma once
// Crashes: the deaths that a test has ordered, counted over all processes of a worker.

#include <kue/testing/real_worker.hpp>
#include <kue/testing/shared_count.hpp>

#include <memory>
#include <vector>

namespace kue::testing {

class Crashes {
 public:
  explicit Crashes(std::vector<Crash> const& ordered);

  // Does not return if a death is due here.
  void come(Crash::Point point, std::string_view kind, std::string_view mark = {}) const;
  // The same job classes, each run of which comes by.
  Registry around(Registry const& registry) const;

 private:
  struct Order {
    Crash crash;
    std::unique_ptr<SharedCount> left;
  };
  std::vector<Order> orders_;
};

void set_crashes(Crashes const* crashes);  // of this process and its children, for crash_mark()

}  // namespace kue::testing
