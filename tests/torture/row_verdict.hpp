#pragma once
// The verdict on a history without events, as every store has it that was not told to keep them: from the journals of
// producers and jobs, and from the rows. Fewer rules than kue::testing::check has: nothing is known of claims that were
// given back, and nothing of refused writes.

#include <kue/testing/checker.hpp>

namespace torture {

kue::testing::Verdict verdict_of_rows(kue::testing::History const& history);

}  // namespace torture
