#pragma once
// Whether numbers follow each other without a gap, as those of a claimed batch mostly do. BETWEEN the first and the
// last then names the same rows as IN (SELECT v1 FROM batch), and they are walked along instead of looked for one by
// one.

#include <algorithm>
#include <functional>
#include <ranges>

namespace kue::sqlite {

template <std::ranges::forward_range Items, class Number> bool consecutive(Items const& items, Number number) {
  auto const gap = [&](auto const& one, auto const& next) {
    return std::invoke(number, next) != std::invoke(number, one) + 1;
  };
  return std::ranges::adjacent_find(items, gap) == std::ranges::end(items);
}

}  // namespace kue::sqlite
