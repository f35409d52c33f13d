#include "kue/testing/push_list.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace kue::testing {
namespace {

constexpr std::size_t kMostLines = 50;

Millis delay_of(Push const& push) {
  return push.job.run_at ? std::max(*push.job.run_at - push.at, Millis(0)) : Millis(0);
}

bool has_all(std::vector<std::string> const& tags, std::vector<std::string> const& wanted) {
  return std::all_of(wanted.begin(), wanted.end(),
                     [&](std::string const& tag) { return std::find(tags.begin(), tags.end(), tag) != tags.end(); });
}

template <class T> bool is_not(std::optional<T> const& expected, T const& value) {
  return expected && *expected != value;
}

std::string wanted_text(Wanted const& wanted) {
  Expected const& expected = wanted.expected;
  std::string text(wanted.kind);
  if (wanted.args) text += " " + *wanted.args;
  if (expected.queue) text += " on queue " + *expected.queue;
  if (expected.delay) text += ", delay " + text_of(*expected.delay);
  if (expected.run_at) text += fmt::format(", run_at {} ms after 1970", expected.run_at->time_since_epoch().count());
  if (expected.priority) text += fmt::format(", priority {}", *expected.priority);
  if (expected.max_attempts) text += fmt::format(", max_attempts {}", *expected.max_attempts);
  if (expected.timeout) text += ", timeout " + text_of(*expected.timeout);
  if (!expected.tags.empty()) text += fmt::format(", tags {}", fmt::join(expected.tags, " "));
  return text;
}

std::string number_text(int times) {
  if (times == 0) return "no push of";
  return times == 1 ? std::string("one push of") : fmt::format("{} pushes of", times);
}

}  // namespace

std::string difference(Push const& push, Wanted const& wanted) {
  Expected const& expected = wanted.expected;
  if (push.job.kind != wanted.kind) return "kind";
  std::vector<std::string_view> names;
  if (wanted.args && push.job.args != *wanted.args) names.emplace_back("arguments");
  if (is_not(expected.queue, push.job.queue)) names.emplace_back("queue");
  if (is_not(expected.delay, delay_of(push))) names.emplace_back("delay");
  if (expected.run_at && push.job.run_at != expected.run_at) names.emplace_back("run_at");
  if (is_not(expected.priority, push.job.priority)) names.emplace_back("priority");
  if (is_not(expected.max_attempts, push.job.max_attempts)) names.emplace_back("max_attempts");
  if (is_not(expected.timeout, push.job.timeout)) names.emplace_back("timeout");
  if (!has_all(push.job.tags, expected.tags)) names.emplace_back("tags");
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string text_of(Millis time) {
  return time.count() % 1000 == 0 ? fmt::format("{} s", time.count() / 1000) : fmt::format("{} ms", time.count());
}

std::string text_of(Push const& push) {
  std::string text = fmt::format("{} {} on queue {}, delay {}, priority {}", push.job.kind, push.job.args,
                                 push.job.queue, text_of(delay_of(push)), push.job.priority);
  if (!push.job.tags.empty()) text += fmt::format(", tags {}", fmt::join(push.job.tags, " "));
  if (push.by) text += fmt::format(", pushed by a {}", push.by.kind());
  return text;
}

std::string text_of(std::vector<Push> const& pushes) {
  if (pushes.empty()) return "Nothing was pushed.";
  std::string text = "What was pushed:";
  for (std::size_t i = 0; i < pushes.size() && i < kMostLines; ++i) text += "\n  " + text_of(pushes[i]);
  if (pushes.size() > kMostLines) text += fmt::format("\n  and {} more", pushes.size() - kMostLines);
  return text;
}

TestQueue::Found find_in(std::vector<Push> const& pushes, Wanted const& wanted) {
  TestQueue::Found found;
  std::string near;  // of the kind, but not like that
  for (Push const& push : pushes) {
    std::string const differs = difference(push, wanted);
    if (differs.empty())
      found.pushes.push_back(push);
    else if (differs != "kind")
      near += fmt::format("\n  other {}: {}", differs, text_of(push));
  }
  auto const times = static_cast<int>(found.pushes.size());
  if (times == wanted.expected.times) return found;
  found.problem = fmt::format("expected {} {}, found {}.", number_text(wanted.expected.times), wanted_text(wanted),
                              times == 0 ? "none" : std::to_string(times));
  if (times < wanted.expected.times && !near.empty()) found.problem += "\nOf that kind:" + near;
  found.problem += "\n" + text_of(pushes);
  return found;
}

}  // namespace kue::testing
