#pragma once
// envelope_problems: what Envelope::check() throws, as a list.

#include <kue/envelope.hpp>

namespace kue::detail {

// `and_args`: look into the arguments too (the only part that costs time).
std::vector<std::string> envelope_problems(Envelope const& envelope, bool and_args = true);

}  // namespace kue::detail
