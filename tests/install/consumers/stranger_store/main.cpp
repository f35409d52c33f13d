// The conformance suite as the author of a store runs it.

#include <kue/testing/conformance.hpp>

#include <gtest/gtest.h>

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  kue::testing::register_conformance({.name = "mine", .open = [](kue::StoreOptions const& o) { return kue::open_store("memory:", o); }, .reopen = {}});
  return RUN_ALL_TESTS();
}
