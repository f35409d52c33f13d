#include "kue/worker/keeper/hooks.hpp"

#include <gtest/gtest.h>

#include <future>

namespace kue::worker {
namespace {

TEST(HooksTest, run_in_order_and_a_hook_that_hangs_holds_up_nobody) {
  std::promise<void> release;
  std::shared_future<void> const released = release.get_future().share();
  std::string order;
  {
    Hooks hooks;
    hooks.call([&] { order += "a"; });
    hooks.call([&] { order += "b"; });
    hooks.finish(Millis(10'000));
    EXPECT_EQ(order, "ab");
    hooks.call([released] { released.wait(); });
    hooks.finish(Millis(20));  // gives up, and so does the destructor not wait
  }
  release.set_value();
}

}  // namespace
}  // namespace kue::worker
