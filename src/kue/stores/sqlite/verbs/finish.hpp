#pragma once
// The write behind finish, release and the finishes that come with a claim.

#include "kue/stores/sqlite/tables/tables.hpp"

#include <span>
#include <vector>

namespace kue::sqlite {

std::vector<FinishStatus> write_finishes(Tables& tables, Verb verb, std::span<Finish const> items);

}  // namespace kue::sqlite
