#pragma once
// What was pushed against what was expected, and the words for it.

#include <kue/testing/test_queue.hpp>

#include <string>
#include <vector>

namespace kue::testing {

struct Wanted {
  std::string_view kind;
  std::optional<std::string> const& args;  // JSON
  Expected const& expected;
};

// In what a push differs from what is wanted: "kind", or "arguments, delay"; empty: it is like that.
std::string difference(Push const& push, Wanted const& wanted);

TestQueue::Found find_in(std::vector<Push> const& pushes, Wanted const& wanted);

std::string text_of(Push const& push);
std::string text_of(std::vector<Push> const& pushes);  // a line each, or that there were none
std::string text_of(Millis time);                      // 300 s, 250 ms

}  // namespace kue::testing
