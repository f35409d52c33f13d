#pragma once
// did_you_mean: the end of a sentence about a word that nobody knows.

#include <span>
#include <string>
#include <string_view>

namespace spark {

std::string did_you_mean(std::string_view word, std::span<std::string const> known);  // ", did you mean X?" or nothing

}  // namespace spark
