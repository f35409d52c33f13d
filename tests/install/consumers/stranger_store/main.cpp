// The conformance suite as the author of a store runs it. The store makes none of the checks that all stores share: it
// is what a driver opens, with nothing around it.

#include <kue/testing/conformance.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>

namespace {

std::unique_ptr<kue::Store> open_mine(kue::StoreOptions const& options) {
  for (kue::StoreDriver const& driver : kue::store_drivers()) {
    if (driver.scheme == "memory") return driver.open("memory:", options);
  }
  throw std::runtime_error("kue has no store of the kind memory:");
}

}  // namespace

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  kue::testing::register_conformance({.name = "mine", .open = open_mine, .reopen = {}});
  return RUN_ALL_TESTS();
}
