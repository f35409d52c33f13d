#pragma once
// AssertionFailed: what the assertions of the test kit throw. Every test framework reports its text as the failure of
// the test.
//
//   try { queue.assert_pushed<SendInvoice>(); }
//   catch (kue::testing::AssertionFailed const& failed) { puts(failed.what()); }
//   // shop_test.cpp:12: expected one push of ...
//
// A value; any thread may throw or hold one.

#include <source_location>
#include <stdexcept>
#include <string>

namespace kue::testing {

class AssertionFailed : public std::runtime_error {
 public:
  AssertionFailed(std::string const& text, std::source_location where);
};

}  // namespace kue::testing
