#include "kue/core/names.hpp"

#include <algorithm>

namespace kue::core {

static char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

static std::size_t replacing(char a, char b) { return a == b ? 0 : lower(a) == lower(b) ? 1 : 2; }

std::size_t edit_distance_halves(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = 2 * j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = 2 * i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 2, row[j - 1] + 2, last[j - 1] + replacing(a[i - 1], b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], before[j - 2] + 2);
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

static bool contains_as_part(std::string_view candidate, std::string_view word) {
  if (word.size() < 2 || candidate.size() <= word.size()) return false;
  if (candidate.starts_with(word)) return true;
  return candidate.ends_with(word) && candidate.substr(0, candidate.size() - word.size()).ends_with("::");
}

template <class Name>
static std::optional<std::string> nearest_of(std::string_view word, std::span<Name const> candidates) {
  if (word.size() > 200) return std::nullopt;  // no name; and its distance would cost its square
  std::optional<std::string> best;
  std::size_t best_distance = std::max<std::size_t>(2, word.size() * 2 / 3) + 1;
  for (Name const& candidate : candidates) {
    std::size_t const distance = contains_as_part(candidate, word) ? 1 : edit_distance_halves(word, candidate);
    if (distance >= best_distance) continue;
    best_distance = distance;
    best = std::string(candidate);
  }
  return best;
}

std::optional<std::string> nearest(std::string_view word, std::span<std::string_view const> candidates) {
  return nearest_of(word, candidates);
}
std::optional<std::string> nearest(std::string_view word, std::span<std::string const> candidates) {
  return nearest_of(word, candidates);
}

}  // namespace kue::core
