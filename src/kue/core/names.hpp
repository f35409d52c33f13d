#pragma once
// nearest: what somebody may have meant. For unknown kinds, fields, commands and keys of a configuration.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kue::core {

// Steps of one character (insert, delete, replace, swap two neighbours) between two words; case counts half a step.
std::size_t edit_distance_halves(std::string_view a, std::string_view b);

// The candidate nearest to `word`, if it is near: at most a third of the word away. A candidate that ends with ::word
// or begins with word wins. The first one among equals.
std::optional<std::string> nearest(std::string_view word, std::span<std::string_view const> candidates);
std::optional<std::string> nearest(std::string_view word, std::span<std::string const> candidates);

}  // namespace kue::core
