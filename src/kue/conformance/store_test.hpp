#pragma once
// StoreTest: the fixture of every conformance case. A fresh store with a clock that stands still, one living node, and
// the short words in which the cases are written. After each case it looks whether the store's books still agree.

#include <kue/error.hpp>
#include <kue/store.hpp>
#include <kue/testing/conformance.hpp>
#include <kue/testing/fake_clock.hpp>

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

namespace kue::testing {

inline constexpr std::uint64_t kNode = 11, kOtherNode = 22;
inline constexpr std::uint64_t kHolder = 0x8000'0000'0000'0101,
                               kOtherHolder = 0x7fff'ffff'ffff'0202;  // both halves of 64 bits

class StoreTest : public ::testing::Test {
 public:
  using Body = std::function<void(StoreTest&)>;
  StoreTest(StoreFactory const& made_by, Body const& body) : factory(made_by), body_(body) {}

  void SetUp() override;
  void TestBody() override { body_(*this); }
  void TearDown() override;

  StoreOptions options() { return {.clock = &clock, .event_log = true}; }
  std::shared_ptr<Store> open(
      StoreOptions const& options);         // as open_store does: guarded, and migrated unless told otherwise
  std::shared_ptr<Store> another_handle();  // in cases marked kTwoHandles only

  // Pushing
  Envelope job(std::string queue = "default", int priority = 0) const;
  Envelope job_at(TimePoint run_at, std::string queue = "default") const;
  JobId push(Envelope const& envelope);
  std::vector<JobId> push_many(int count, std::string const& queue = "default");

  // Claiming
  ClaimResult claim(int max = 1, std::vector<std::string> const& queues = {}, std::uint64_t holder = kHolder,
                    std::uint64_t node = kNode);
  std::vector<JobId> claim_ids(int max = 1, std::vector<std::string> const& queues = {});
  JobId running_job();  // pushed and claimed by kHolder on kNode

  // The claim that this fixture saw handed out last, to this holder if there was one; else made up of what the store
  // says of the job.
  Claim claim_of(JobId id, std::uint64_t holder = kHolder);

  // Ending a run. The counters go on from the stored ones.
  Finish to(JobId id, State state, Reason reason, Millis delay = Millis(0), std::uint64_t holder = kHolder);
  FinishStatus finish(Finish const& item);
  FinishStatus release(Finish const& item);
  FinishStatus complete(JobId id, std::uint64_t holder = kHolder);
  FinishStatus fail(JobId id, Millis delay = Millis(0), std::uint64_t holder = kHolder);
  FinishStatus give_back(JobId id, std::uint64_t holder = kHolder);
  FinishStatus discard(JobId id, std::uint64_t holder = kHolder);
  FinishStatus crash(JobId id, std::uint64_t holder = kHolder);  // available again, counted as one crash
  JobId in_state(State state, Envelope const& envelope);         // a job brought into it by verbs; not `blocked`

  CancelStatus cancel(JobId id);
  RetryStatus retry(JobId id);
  RemoveStatus remove(JobId id, std::vector<State> only = {});

  // Looking
  JobRecord get(JobId id);
  State state(JobId id) { return get(id).state; }
  std::vector<JobRecord> all(Filter const& filter = {}, bool newest_first = false, int page = 1000);
  QueueCounts counts(std::string const& queue);
  std::vector<Event> events();
  std::vector<Event> events_of(JobId id);

  void expect_books_agree();

  StoreFactory const& factory;
  FakeClock clock;
  std::shared_ptr<Store> store;

 private:
  Body const& body_;
  std::vector<Claim> seen_;  // by claim()
};

inline constexpr bool kTwoHandles = true;  // needs StoreFactory::reopen

struct Case {
  char const* verb;
  char const* name;
  StoreTest::Body body;
  bool two_handles = false;
};
using Cases = std::vector<Case>;

Attempt attempt_of(std::uint32_t claim_no, Reason reason, std::string message);
std::string every_byte(std::size_t size);  // a record is bytes: zeros and what is no UTF-8 too
std::vector<JobId> ids_of(std::vector<Claimed> const& claimed);
std::vector<JobId> ids_of(std::vector<JobRecord> const& records);

// Asserts that `call` throws kue::Error of this kind.
void expect_error(ErrorKind kind, std::function<void()> const& call);

}  // namespace kue::testing
