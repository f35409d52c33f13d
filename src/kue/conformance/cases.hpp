#pragma once
// The cases of the conformance suite, one function a file.

#include "kue/conformance/store_test.hpp"

namespace kue::testing {

Cases push_cases();
Cases claim_cases();
Cases claim_order_cases();
Cases finish_cases();
Cases release_cases();
Cases fence_cases();
Cases progress_cases();
Cases cancel_cases();
Cases retry_cases();
Cases remove_cases();
Cases pause_cases();
Cases beat_cases();
Cases rescue_cases();
Cases running_cases();
Cases get_cases();
Cases query_cases();
Cases head_cases();
Cases counts_cases();
Cases prune_cases();
Cases check_cases();
Cases events_cases();
Cases wait_cases();
Cases handle_cases();
Cases thread_cases();

}  // namespace kue::testing
