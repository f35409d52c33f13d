// A stand-in: see ../../README.md.
#pragma once
#include <utility>

namespace userver::engine {
class TaskProcessor {};
template <class T> struct Task { T Get(); };
template <class F> auto AsyncNoSpan(TaskProcessor& processor, F&& function)
    -> Task<decltype(std::forward<F>(function)())> {
  (void)processor, (void)function;
  return {};
}
}  // namespace userver::engine
