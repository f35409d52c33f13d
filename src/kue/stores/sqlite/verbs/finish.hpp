#pragma once
// The write behind finish, release and the finishes that come with a claim.

#include "kue/stores/sqlite/tables/ledger.hpp"

#include <span>
#include <vector>

namespace kue::sqlite {

void refuse_unknown_transitions(Verb verb, std::span<Finish const> items);  // before the first write: all or nothing
std::vector<FinishStatus> write_finishes(Transaction& transaction, Verb verb, std::span<Finish const> items);

}  // namespace kue::sqlite
