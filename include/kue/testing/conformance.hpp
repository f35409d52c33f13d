#pragma once
// The conformance suite: what every Store must do, as GoogleTest cases named "conformance/<store>/<verb>.<case>".
//
//   int main(int argc, char** argv) {
//     ::testing::InitGoogleTest(&argc, argv);
//     auto const open = [](kue::StoreOptions const& options) { return open_mine(options); };
//     kue::testing::register_conformance({.name = "mine", .open = open});
//     return RUN_ALL_TESTS();
//   }
//
// Link kue_conformance. Cases run one after the other in the thread of RUN_ALL_TESTS; some start threads, one forks.
// What kue/store.hpp leaves open the suite leaves open too: when a due job is shown as available before its claim, in
// which order running() and nodes() answer, what a cursor looks like.

#include <kue/store.hpp>

#include <functional>
#include <memory>
#include <string>

namespace kue::testing {

struct StoreFactory {
  std::string name;  // letters, digits and '_'
  // A fresh, empty store. Called once or twice a case; a second call must not touch what the first one opened.
  std::function<std::unique_ptr<Store>(StoreOptions const&)> open;
  // Another handle on the data of the last open(), or empty when there is no such thing (cases that need it are left
  // out).
  std::function<std::unique_ptr<Store>(StoreOptions const&)> reopen;
};

void register_conformance(StoreFactory factory);  // after InitGoogleTest, before RUN_ALL_TESTS

}  // namespace kue::testing
