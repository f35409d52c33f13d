#pragma once
// "did you mean": the known word that is nearest to a mistyped one.

#include <span>
#include <string>
#include <string_view>

namespace spark {

// Number of letters to insert, delete, change or swap with their neighbour.
std::size_t edit_distance(std::string_view a, std::string_view b);

// Empty if no word is near: at most a third of the letters differ, and two at most in short words.
std::string nearest(std::string_view word, std::span<std::string const> known);
// ", did you mean X?" or nothing.
std::string did_you_mean(std::string_view word, std::span<std::string const> known);

}  // namespace spark
