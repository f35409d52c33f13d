// A taste of every torture in the default set; the full numbers are in full_test.cpp (CTest label torture).

#include "scenarios.hpp"

#include <gtest/gtest.h>

TEST(torture_short, children) { torture::kill_children(1500, 12, 8); }
TEST(torture_short, masters) { torture::kill_masters(3); }
TEST(torture_short, keepers) { torture::kill_keepers(3); }
TEST(torture_short, batches) { torture::kill_children_with_batches(6); }
TEST(torture_short, plain_batches) { torture::kill_children_with_batches(6, false); }
TEST(torture_short, takeovers) { torture::kill_keepers_in_takeover(3); }
TEST(torture_short, groups) { torture::kill_groups(2); }
TEST(torture_short, stops) { torture::stop_workers(3); }
