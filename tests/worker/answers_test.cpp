// A store that answers otherwise than usual: an answer that is lost on the way, a store that has forgotten the worker.

#include "zoo.hpp"

#include <kue/error.hpp>

using namespace zoo;
using kue::Reason;
using kue::State;

namespace {

struct Answers : Zoo {
  pid_t start_ready(std::vector<std::string> arguments) {
    pid_t const worker = start(std::move(arguments));
    EXPECT_TRUE(eventually([&] { return ready_children(worker).size() == 1 && !store().nodes().empty(); }));
    return worker;
  }
};

// Not by the keeper's comparison, which waits for two beats of 10 s.
TEST_F(Answers, what_was_claimed_in_an_answer_that_was_lost_is_given_back_at_once_and_on_record) {
  pid_t const worker = start_ready({"--boot", "lossy", "-c", "1"});
  kue::JobId const job = push("Sleep", R"({"ms":1})");
  ASSERT_TRUE(eventually([&] { return state(job) == State::completed; }, 6s)) << log();
  auto const done = record(job);
  EXPECT_EQ(done.claim_no, 2u);
  ASSERT_EQ(done.errors.size(), 1u);
  EXPECT_EQ(done.errors[0].reason, Reason::lost_call);
  EXPECT_EQ(count("begin Sleep " + job.str()), 1) << "nothing ran under the claim whose answer was lost";
  send(worker, SIGTERM);
  EXPECT_EQ(wait_exit(worker), 0);
}

TEST_F(Answers, a_worker_that_its_store_has_forgotten_makes_itself_known_and_goes_on) {
  pid_t const worker = start_ready({"-c", "1"});
  pid_t const child = ready_children(worker).at(0);
  std::uint64_t const node = store().nodes().at(0).node;
  store().beat({.node = node, .leaving = true});  // by our hand: as a server that came back empty
  ASSERT_TRUE(store().nodes().empty());
  kue::JobId const job = push("Sleep", R"({"ms":1})");
  ASSERT_TRUE(eventually([&] { return state(job) == State::completed; }, 6s)) << log();
  EXPECT_EQ(store().nodes().at(0).node, node) << "the same node";
  EXPECT_EQ(ready_children(worker).at(0), child) << "no process was replaced for it";
  send(worker, SIGTERM);
  EXPECT_EQ(wait_exit(worker), 0);
}

}  // namespace
