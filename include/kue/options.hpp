#pragma once
// JobOptions stand in the class, PushOptions beside one push. What is not set falls to the class, then to the default.
//
//   struct SendInvoice {
//     int order;
//     static constexpr kue::JobOptions options{.queue = "billing", .max_attempts = 8, .timeout = 2min};
//     void run(Mailer&) const;
//   };
//   queue.push(SendInvoice(7), {.delay = 5min, .priority = 3});
//
// Plain values. A value out of its limits (kue/limits.hpp) makes push throw Error(invalid) naming all that is wrong.

#include <kue/clock.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kue {

struct JobOptions {
  std::string_view queue = "default";
  std::uint32_t max_attempts = 25;  // includes the first
  Millis timeout{0};                // of one run; 0: none. The stop token is raised then, SIGKILL comes 10 s later
  int priority = 0;                 // lower first
  std::uint32_t schema = 1;         // version of the fields' shape
};

struct PushOptions {
  std::optional<std::string> queue = {};
  std::optional<Millis> delay = {};  // from now; not together with run_at
  std::optional<TimePoint> run_at = {};
  std::optional<int> priority = {};
  std::optional<std::uint32_t> max_attempts = {};
  std::optional<Millis> timeout = {};
  std::vector<std::string> tags = {};
};

}  // namespace kue
