#include "kue/conformance/cases.hpp"

#include <memory>

namespace kue::testing {
namespace {

Cases all_cases() {
  Cases cases;
  for (auto add : {push_cases,     claim_cases,   claim_order_cases, finish_cases, release_cases, fence_cases,
                   progress_cases, cancel_cases,  retry_cases,       remove_cases, pause_cases,   beat_cases,
                   rescue_cases,   running_cases, get_cases,         query_cases,  head_cases,    counts_cases,
                   prune_cases,    check_cases,   events_cases,      wait_cases,   handle_cases,  thread_cases}) {
    for (Case& one : add()) cases.push_back(std::move(one));
  }
  return cases;
}

}  // namespace

void register_conformance(StoreFactory factory) {
  // Both live as long as the program: GoogleTest keeps the registered cases until then.
  auto const shared = std::make_shared<StoreFactory const>(std::move(factory));
  for (Case& one : all_cases()) {
    if (one.two_handles && !shared->reopen) continue;
    std::string const suite = "conformance/" + shared->name + "/" + one.verb;
    auto const body = std::make_shared<StoreTest::Body const>(std::move(one.body));
    // The stated return type is what GoogleTest compares between the cases of a suite.
    ::testing::RegisterTest(suite.c_str(), one.name, nullptr, nullptr, __FILE__, __LINE__,
                            [shared, body]() -> StoreTest* { return new StoreTest(*shared, *body); });
  }
}

}  // namespace kue::testing
