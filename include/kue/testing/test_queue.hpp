#pragma once
// TestQueue: a queue for your tests. It keeps what was pushed, and runs it when you say so.
//
//   kue::testing::TestQueue queue(registry, services);  // for an Application: <spark/testing/test_queue.hpp>
//   order_paid(queue, 7);                                           // the code under test
//   queue.assert_pushed(SendInvoice(7), {.queue = "billing", .delay = 5min});
//   queue.advance(5min);                                            // its time stands still until it is moved
//   queue.drain().assert_all_completed();                           // runs what is due, and what that pushes
//
// For any test framework: an assertion that does not hold throws AssertionFailed, whose text says where it stands, what
// was expected, and all that was pushed instead. <kue/testing/gmock.hpp> has the same as matchers.
// Nothing is left out on the way: a job becomes bytes and a job again; priorities, times, retries, backoff() and
// failed() are those of a worker, over a store in memory. A transaction of the program's own may be one on any
// database, also in memory: its commit() counts, one by hand does not. What is not there is the process: a job that
// crashes ends the test (<kue/testing/real_worker.hpp> runs it in processes of its own).
// Threads: push and look from any thread; drain from one at a time, and not from within a job.

#include <kue/queue.hpp>
#include <kue/random.hpp>
#include <kue/registry.hpp>
#include <kue/store.hpp>
#include <kue/testing/assertion_failed.hpp>
#include <kue/testing/fake_clock.hpp>

#include <concepts>
#include <memory>
#include <optional>
#include <source_location>
#include <string>
#include <string_view>
#include <vector>

namespace kue::testing {

// What else must be true of a push; what is not set is not looked at.
struct Expected {
  std::optional<std::string> queue = {};
  std::optional<Millis> delay = {};  // from the push to its run_at; 0: at once
  std::optional<TimePoint> run_at = {};
  std::optional<int> priority = {};
  std::optional<std::uint32_t> max_attempts = {};
  std::optional<Millis> timeout = {};
  std::vector<std::string> tags = {};  // it has these, and maybe others
  int times = 1;                       // exactly so many pushes are like that
};

struct Push {
  Envelope job = {};
  TimePoint at{};
  JobMark by = {};  // the job that pushed it, if one did
};

// One run of a job, and what came of it.
struct Run {
  Envelope job = {};
  std::uint32_t attempt = 1;
  TimePoint at{};
  Outcome outcome = {};
  State state = State::completed;  // of the job afterwards
  Reason reason = Reason::completed;
  Millis delay{0};                    // until the next run, if it is scheduled or retryable
  std::vector<std::string> log = {};  // what run() and failed() logged: "info Hello World John!"

  bool completed() const { return state == State::completed; }
  std::string text() const;  // one line
};

class Runs {
 public:
  Runs() = default;
  explicit Runs(std::vector<Run> runs) : runs_(std::move(runs)) {}

  std::size_t size() const { return runs_.size(); }
  bool empty() const { return runs_.empty(); }
  Run const& operator[](std::size_t i) const { return runs_.at(i); }
  auto begin() const { return runs_.begin(); }
  auto end() const { return runs_.end(); }
  template <Job J> Runs of() const { return of(kind_of<J>()); }
  Runs of(std::string_view kind) const;
  std::string text() const;  // a line a run

  // Every job completed, in its last run of these; there was one at least.
  void assert_all_completed(std::source_location where = std::source_location::current()) const;

 private:
  std::vector<Run> runs_;
};

struct TestQueueOptions {
  bool run_on_push = false;                       // run what is due inside push: the job has run when push returns
  int most_runs = 1000;                           // of one drain; more is taken for jobs that push each other forever
  std::optional<TimePoint> now = {};              // where its time begins; none: at the time of its making
  std::optional<Capabilities> capabilities = {};  // refuse what your real queue refuses; none: of a store
  Random* random = nullptr;                       // of the retry delays; null: Random::system()
};

class TestQueue : public Queue {
 public:
  TestQueue(Registry const& registry, Services& services, TestQueueOptions options = {});
  ~TestQueue() override;

  // ---- what was pushed
  std::vector<Push> pushes() const;                                             // oldest first
  template <Job J> std::vector<J> pushed(Expected const& expected = {}) const;  // decoded; `times` is not looked at
  void forget_pushes();                                                         // the jobs stay

  template <Job J>
  J assert_pushed(Expected const& expected = {},
                  std::source_location where = std::source_location::current()) const;  // the first of them
  template <Job J> void assert_pushed(J const& job, Expected const& expected = {},
                                      std::source_location where = std::source_location::current()) const;
  template <Job J> void assert_not_pushed(Expected const& expected = {},
                                          std::source_location where = std::source_location::current()) const;
  void assert_nothing_pushed(std::source_location where = std::source_location::current()) const;
  // Waits until another thread has pushed `times` of them.
  template <Job J> J wait_for_pushed(Expected const& expected = {}, Millis patience = Millis(10'000),
                                     std::source_location where = std::source_location::current()) const;

  // ---- time
  FakeClock const& clock() const override;
  void advance(Millis time);

  // ---- running: jobs that are due, by priority and arrival, also those that they push
  Runs drain();
  Runs drain_for(Millis time);  // time passes: every job runs when it is due, retries too
  Runs runs() const;            // all until now

  Store& store();  // everything else about the jobs
  JobRecord record(JobId id) const;
  State state(JobId id) const { return record(id).state; }

  // ---- Queue
  using Queue::find;
  using Queue::push;
  using Queue::wait;
  Pushed push(Envelope job) override;
  Pushed push_in(Foreign& transaction, Envelope job) override;  // after its commit()
  std::optional<Delivery> pop(Millis wait) override;
  void finish(Delivery const& delivery, Outcome const& outcome) override;
  void release(Delivery const& delivery) override;
  Capabilities capabilities() const override;
  Queue* behind() override;

  // For matchers of a test framework: the pushes that are like that, and if their number is not right, why.
  struct Found {
    std::vector<Push> pushes = {};
    std::string problem = {};  // empty: as expected
  };
  // `args`: JSON that the arguments must be; none: any.
  Found find(std::string_view kind, std::optional<std::string> const& args, Expected const& expected) const;

 private:
  template <Job J> static J decoded(Push const& push, std::source_location where);
  Found wait(std::string_view kind, Expected const& expected, Millis patience) const;
  static void require(Found const& found, std::source_location where);

  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// A job after the way that it travels.
template <Job J> J round_trip(J const& job) {
  return from_json<J>(Envelope::from_bytes(make_envelope(job).to_bytes()).args);
}

// Throws if what arrives is not what was pushed: a member that KUE_FIELDS forgot. The class needs operator==, for
// example bool operator==(SendInvoice const&) const = default;
template <Job J>
requires std::equality_comparable<J>
void assert_travels(J const& job, std::source_location where = std::source_location::current()) {
  if (J const arrived = round_trip(job); !(arrived == job)) {
    throw AssertionFailed("a " + std::string(kind_of<J>()) + " does not arrive as it was pushed. What travels is " +
                              to_json(job) + "; a member that is not in it is missing in KUE_FIELDS",
                          where);
  }
}

template <Job J> J TestQueue::decoded(Push const& push, std::source_location where) {
  J job{};
  std::string problems;
  for (std::string const& problem : detail::read_value(push.job.args, job)) problems += "\n  " + problem;
  if (!problems.empty())
    throw AssertionFailed("the arguments " + push.job.args + " are no " + push.job.kind + ":" + problems, where);
  return job;
}

template <Job J> std::vector<J> TestQueue::pushed(Expected const& expected) const {
  std::vector<J> jobs;
  for (Push const& push : find(kind_of<J>(), std::nullopt, expected).pushes)
    jobs.push_back(decoded<J>(push, std::source_location::current()));
  return jobs;
}

template <Job J> J TestQueue::assert_pushed(Expected const& expected, std::source_location where) const {
  Found const found = find(kind_of<J>(), std::nullopt, expected);
  require(found, where);
  return found.pushes.empty() ? J{} : decoded<J>(found.pushes.front(), where);
}

template <Job J>
void TestQueue::assert_pushed(J const& job, Expected const& expected, std::source_location where) const {
  require(find(kind_of<J>(), to_json(job), expected), where);
}

template <Job J> void TestQueue::assert_not_pushed(Expected const& expected, std::source_location where) const {
  Expected none = expected;
  none.times = 0;
  require(find(kind_of<J>(), std::nullopt, none), where);
}

template <Job J>
J TestQueue::wait_for_pushed(Expected const& expected, Millis patience, std::source_location where) const {
  Found const found = wait(kind_of<J>(), expected, patience);
  require(found, where);
  return decoded<J>(found.pushes.front(), where);
}

}  // namespace kue::testing
