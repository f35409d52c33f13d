// Two handles on one store, and one handle in two processes.

#include "kue/conformance/cases.hpp"

#include <sys/wait.h>
#include <unistd.h>

namespace kue::testing {

using namespace std::chrono_literals;

namespace {

// Cases of two handles are left out for a store without reopen; one that says that processes share it may not be
// without.
void two_are_tested_if_processes_share_the_store(StoreTest& t) {
  EXPECT_EQ(t.store->capabilities().across_processes, static_cast<bool>(t.factory.reopen));
}

void see_each_others_jobs(StoreTest& t) {
  auto const other = t.another_handle();
  Envelope const envelope = t.job();
  other->push({.jobs = {&envelope, 1}});
  EXPECT_EQ(t.get(envelope.id).job, envelope);
  EXPECT_EQ(t.claim_ids(), std::vector{envelope.id});
  EXPECT_EQ(other->get(envelope.id)->state, State::running);
  EXPECT_TRUE(other->claim({.node = kNode, .holder = kOtherHolder, .max = 10}).jobs.empty());
}

void see_each_others_nodes(StoreTest& t) {
  auto const other = t.another_handle();
  EXPECT_EQ(other->nodes().size(), 1u);
  other->beat({.node = kOtherNode, .name = "there", .pid = 2});
  EXPECT_EQ(t.store->nodes().size(), 2u);
  EXPECT_TRUE(other
                  ->rescue({.node = kNode,
                            .beat_seen = other->nodes().at(0).node == kNode ? other->nodes().at(0).beat
                                                                            : other->nodes().at(1).beat})
                  .dead);
  EXPECT_EQ(t.claim().node, NodeState::dead);
}

void see_each_others_pause(StoreTest& t) {
  auto const other = t.another_handle();
  JobId const id = t.push(t.job());
  other->pause({.queue = "default"});
  EXPECT_TRUE(t.claim_ids().empty());
  other->resume({.queue = "default"});
  EXPECT_EQ(t.claim_ids(), std::vector{id});
}

void keep_one_fence(StoreTest& t) {
  auto const other = t.another_handle();
  JobId const id = t.running_job();
  std::vector const item{t.to(id, State::completed, Reason::completed)};
  EXPECT_EQ(other->finish({.items = item}).statuses, std::vector{FinishStatus::applied});
  EXPECT_EQ(t.store->finish({.items = item}).statuses, std::vector{FinishStatus::already});
}

void keep_one_order(StoreTest& t) {
  auto const other = t.another_handle();
  std::vector<JobId> ids;
  for (int i = 0; i < 10; ++i) {
    Envelope const envelope = t.job();
    (i % 2 ? *other : *t.store).push({.jobs = {&envelope, 1}});
    ids.push_back(envelope.id);
  }
  EXPECT_EQ(t.claim_ids(10), ids);
}

void keep_one_event_log(StoreTest& t) {
  auto const other = t.another_handle();
  Envelope const envelope = t.job();
  other->push({.jobs = {&envelope, 1}});
  t.claim();
  EXPECT_EQ(t.events().size(), 2u);
  EXPECT_EQ(other->events({}).events.size(), 2u);
}

void what_was_written_outlives_the_handle(StoreTest& t) {
  auto const other = t.another_handle();
  JobId const id = t.running_job();
  JobRecord const before = t.get(id);
  t.store = nullptr;
  EXPECT_EQ(other->get(id), before);
  t.store = t.another_handle();
  EXPECT_EQ(t.get(id), before);
  EXPECT_EQ(t.complete(id), FinishStatus::applied);
}

void wake_each_other(StoreTest& t) {
  auto const other = t.another_handle();
  Envelope const envelope = t.job();
  EXPECT_TRUE(t.claim().jobs.empty());
  other->push({.jobs = {&envelope, 1}});
  SteadyPoint const start = Clock::system().steady_now();
  t.store->wait({.until = t.clock.steady_now() + 20s});
  EXPECT_LT(Clock::system().steady_now() - start, 5s);
  EXPECT_EQ(t.claim_ids(), std::vector{envelope.id});
}

// 0: refused as it must be; anything else says what happened instead.
int use_after_fork(Store& store) {
  try {
    (void)store.counts();
    return 1;
  } catch (Error const& error) {
    return error.kind() == ErrorKind::refused ? 0 : 2;
  } catch (...) {
    return 3;
  }
}

void is_refused_after_a_fork(StoreTest& t) {
  JobId const id = t.push(t.job());
  pid_t const child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) ::_exit(use_after_fork(*t.store));  // no destructor: the store is the parent's
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0) << "1: not refused, 2: another error, 3: no kue::Error";
  EXPECT_EQ(t.claim_ids(), std::vector{id});  // and the parent goes on
}

}  // namespace

Cases handle_cases() {
  return {{"handle", "see_each_others_jobs", see_each_others_jobs, kTwoHandles},
          {"handle", "see_each_others_nodes", see_each_others_nodes, kTwoHandles},
          {"handle", "see_each_others_pause", see_each_others_pause, kTwoHandles},
          {"handle", "keep_one_fence", keep_one_fence, kTwoHandles},
          {"handle", "keep_one_order", keep_one_order, kTwoHandles},
          {"handle", "keep_one_event_log", keep_one_event_log, kTwoHandles},
          {"handle", "what_was_written_outlives_the_handle", what_was_written_outlives_the_handle, kTwoHandles},
          {"handle", "wake_each_other", wake_each_other, kTwoHandles},
          {"handle", "two_are_tested_if_processes_share_the_store", two_are_tested_if_processes_share_the_store},
          {"handle", "is_refused_after_a_fork", is_refused_after_a_fork}};
}

}  // namespace kue::testing
