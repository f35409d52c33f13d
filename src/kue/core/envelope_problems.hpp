#pragma once
// envelope_problems: what Envelope::check() throws, as a list.

#include <kue/envelope.hpp>

namespace kue::detail {

// `and_args`: look into the arguments too (the only part that costs time).
// Without parse_args the arguments' text is taken for a JSON object; its size is looked at.
std::vector<std::string> envelope_problems(Envelope const& envelope, bool parse_args = true);

}  // namespace kue::detail
