// The numbers of the promise. Each test is one slice of less than eight minutes; tests/torture/run_slices runs them one
// by one.

#include "scenarios.hpp"

#include <gtest/gtest.h>

TEST(torture, children) { torture::kill_children(10'000, 50, 40); }
TEST(torture, plain_children) { torture::kill_children(10'000, 50, 40, false); }
TEST(torture, masters) { torture::kill_masters(20); }
TEST(torture, keepers) { torture::kill_keepers(20); }
TEST(torture, batches) { torture::kill_children_with_batches(51); }
TEST(torture, plain_batches) { torture::kill_children_with_batches(51, false); }
TEST(torture, takeovers) { torture::kill_keepers_in_takeover(100); }
TEST(torture, groups) { torture::kill_groups(10); }
TEST(torture, stops) { torture::stop_workers(20); }
