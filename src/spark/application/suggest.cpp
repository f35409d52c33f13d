#include "spark/application/suggest.hpp"

#include "kue/core/names.hpp"

namespace spark {

std::string did_you_mean(std::string_view word, std::span<std::string const> known) {
  auto const best = kue::core::nearest(word, known);
  return best ? ", did you mean " + *best + "?" : std::string();
}

}  // namespace spark
