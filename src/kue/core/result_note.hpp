#pragma once
// result_note: what stands in place of a result that cannot be kept. The work is done, so its job is completed all the
// same.
//
//   {"result_not_kept":"70002 bytes as JSON, at most 65536; ...","bytes":70002,"limit":65536}

#include <kue/outcome.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace kue::core {

std::string result_note(std::string_view why);  // of one that has no JSON, or that a store refuses
std::string result_note_too_long(std::size_t bytes);
std::string why_not_kept(std::string_view result);  // empty: it is no such note

// An outcome that the store refuses for good, in the form in which it can be written: a run that has done its work
// stays completed, with a note in place of its result; everything else becomes a failure that says why.
Outcome without_what_is_refused(Outcome const& outcome, std::string_view why);

}  // namespace kue::core
