#include <kue/testing/test_queue.hpp>

#include "kue/base/bounded.hpp"
#include "kue/core/decide.hpp"
#include "kue/testing/push_list.hpp"
#include "kue/worker/run/runner.hpp"

#include <kue/error.hpp>
#include <kue/store_queue.hpp>
#include <kue/testing/log_lines.hpp>

#include <fmt/format.h>

#include <condition_variable>
#include <mutex>
#include <thread>

namespace kue::testing {
namespace {

// Runs one job after the other as a worker does, keeping what it logs.
class OneByOne {
 public:
  OneByOne(Registry const& registry, Services& services, StoreQueue& queue, Random& random)
      : queue_(queue),
        random_(random),
        runner_(
            registry, services, Logger(lines_, LogLevel::debug),
            [this](EventInfo const& event) { keep_log_of_the_job(event); },
            [&queue](Delivery const& delivery, Progress const& progress) {
              ProgressItem const item{delivery.claim, progress};
              queue.store().progress({.items = std::span(&item, 1)});
            },
            {},
            [this](Foreign& transaction, Delivery const&, Outcome const& outcome, TimePoint) {
              return finish_with(transaction, outcome);
            }),
        watch_(bell_, {.stop_asked = [] { return false; },
                       .on_stop = [] {},
                       .trusted_until = [] { return SteadyPoint::max(); }}) {}

  Run run(Delivery const& delivery) {
    TimePoint const now = queue_.clock().now();
    std::optional<SteadyPoint> time_out;  // by the real clock: a job that hangs is asked to stop in a test too
    if (delivery.job.timeout.count() > 0) time_out = Clock::system().steady_now() + delivery.job.timeout;
    watch_.begin(time_out);
    own_end_ = std::make_shared<std::optional<Outcome>>();
    worker::RunReport report = runner_.run(delivery, now, watch_);
    watch_.end();
    if (report.finished_itself) {
      runner_.settle_own_end(delivery, report, own_end_->has_value());
      if (*own_end_) report.outcome = **own_end_;
    }
    Run run{.job = delivery.job, .attempt = delivery.attempt, .at = now, .log = lines_->take()};
    Transition const next = core::decide(delivery.tally, report.outcome, now, random_);
    if (next.to == State::retryable) report.outcome.delay = next.delay;  // what is told is what happens
    queue_.finish_run(delivery, report.outcome, now);
    runner_.tell(delivery, report, next, true);
    if (next.to == State::discarded) {
      for (std::string& line : lines_->take()) run.log.push_back(std::move(line));
    }
    lines_->take();
    run.outcome = std::move(report.outcome);
    run.state = next.to;
    run.reason = next.reason;
    run.delay = next.delay;
    return run;
  }

 private:
  // Its store is another than the transaction's database: only commit() tells.
  FinishStatus finish_with(Foreign& transaction, Outcome const& outcome) {
    if (!transaction.open())
      throw Error(ErrorKind::refused, "the transaction has ended, or was begun by another process; begin one first");
    transaction.after_commit([end = own_end_, outcome] { *end = outcome; });
    return FinishStatus::applied;
  }

  // The runner's own lines stand before these events.
  void keep_log_of_the_job(EventInfo const& event) {
    if (event.event == WorkerEvent::init || event.event == WorkerEvent::discard) lines_->take();
  }

  StoreQueue& queue_;
  Random& random_;
  std::shared_ptr<LogLines> lines_ = std::make_shared<LogLines>();
  worker::Runner runner_;
  FutexWord bell_{0};
  worker::StopWatch watch_;
  std::shared_ptr<std::optional<Outcome>> own_end_;  // of the run, once committed
};

}  // namespace

struct TestQueue::Impl {
  Impl(Registry const& known, Services& given, TestQueueOptions const& chosen)
      : registry(known),
        services(given),
        options(chosen),
        random(chosen.random != nullptr ? *chosen.random : Random::system()),
        clock(chosen.now.value_or(Clock::system().now())),
        queue(open_store("memory:", {.clock = &clock, .event_log = true}), clock, random) {}

  bool draining_here() const { return drainer.load() == std::this_thread::get_id(); }
  std::vector<Run> drain(int most, std::vector<Run> runs = {});
  std::optional<TimePoint> next_due();

  Registry const& registry;
  Services& services;
  TestQueueOptions options;
  Random& random;
  FakeClock clock;
  StoreQueue queue;

  std::mutex draining;  // held for a whole drain
  std::atomic<std::thread::id> drainer{};

  mutable std::mutex mutex;  // of what follows
  mutable std::condition_variable pushed;
  std::vector<Push> pushes;
  std::vector<Run> runs;
};

// With `draining` held.
std::vector<Run> TestQueue::Impl::drain(int most, std::vector<Run> done) {
  drainer = std::this_thread::get_id();
  struct Leave {
    std::atomic<std::thread::id>& drainer;
    ~Leave() { drainer = std::thread::id(); }
  } const leave{drainer};
  OneByOne worker(registry, services, queue, random);
  while (std::optional<Delivery> const delivery = queue.pop(Millis(0))) {
    if (static_cast<int>(done.size()) >= most) {
      queue.release(*delivery);
      throw Error(ErrorKind::refused,
                  fmt::format("drain ran {} jobs and a {} {} is still due: jobs that push each other forever? "
                              "TestQueueOptions::most_runs allows more",
                              most, delivery->job.kind, delivery->job.args));
    }
    done.push_back(worker.run(*delivery));
    std::lock_guard const lock(mutex);
    runs.push_back(done.back());
  }
  return done;
}

// What is due already and did not run waits for something else than time: its queue is paused.
std::optional<TimePoint> TestQueue::Impl::next_due() {
  TimePoint const now = clock.now();
  std::optional<TimePoint> next;
  QueryRequest page{.filter = {.states = {State::scheduled, State::retryable}}, .limit = 1000};
  do {
    QueryResult result = queue.store().query(page);
    for (JobRecord const& record : result.jobs) {
      if (record.run_at > now && (!next || record.run_at < *next)) next = record.run_at;
    }
    page.cursor = result.cursor;
  } while (!page.cursor.empty());
  return next;
}

TestQueue::TestQueue(Registry const& registry, Services& services, TestQueueOptions options)
    : impl_(std::make_unique<Impl>(registry, services, options)) {}

TestQueue::~TestQueue() = default;

std::vector<Push> TestQueue::pushes() const {
  std::lock_guard const lock(impl_->mutex);
  return impl_->pushes;
}

void TestQueue::forget_pushes() {
  std::lock_guard const lock(impl_->mutex);
  impl_->pushes.clear();
}

void TestQueue::assert_nothing_pushed(std::source_location where) const {
  std::vector<Push> const all = pushes();
  if (!all.empty()) throw AssertionFailed("expected that nothing is pushed.\n" + text_of(all), where);
}

TestQueue::Found TestQueue::find(std::string_view kind, std::optional<std::string> const& args,
                                 Expected const& expected) const {
  return find_in(pushes(), {kind, args, expected});
}

TestQueue::Found TestQueue::wait(std::string_view kind, Expected const& expected, Millis patience) const {
  if (expected.times < 1)
    throw Error(ErrorKind::invalid, "wait_for_pushed waits for pushes: `times` must be 1 at least");
  auto const until = std::chrono::steady_clock::now() + bounded(patience);
  std::optional<std::string> const any;
  std::unique_lock lock(impl_->mutex);
  Found found = find_in(impl_->pushes, {kind, any, expected});
  while (static_cast<int>(found.pushes.size()) < expected.times &&
         impl_->pushed.wait_until(lock, until) == std::cv_status::no_timeout) {
    found = find_in(impl_->pushes, {kind, any, expected});
  }
  found = find_in(impl_->pushes, {kind, any, expected});
  if (!found.problem.empty()) found.problem = fmt::format("after {}: {}", text_of(patience), found.problem);
  return found;
}

void TestQueue::require(Found const& found, std::source_location where) {
  if (!found.problem.empty()) throw AssertionFailed(found.problem, where);
}

FakeClock const& TestQueue::clock() const { return impl_->clock; }

void TestQueue::advance(Millis time) { impl_->clock.advance(time); }

Runs TestQueue::drain() {
  if (impl_->draining_here())
    throw Error(ErrorKind::refused,
                "drain is called from within a job that a drain runs; what a job pushes runs after it anyway");
  std::lock_guard const turn(impl_->draining);
  return Runs(impl_->drain(impl_->options.most_runs));
}

Runs TestQueue::drain_for(Millis time) {
  if (impl_->draining_here())
    throw Error(ErrorKind::refused, "drain_for is called from within a job that a drain runs");
  std::lock_guard const turn(impl_->draining);
  TimePoint const end = impl_->clock.now() + time;
  std::vector<Run> runs = impl_->drain(impl_->options.most_runs);
  for (std::optional<TimePoint> next = impl_->next_due(); next && *next <= end; next = impl_->next_due()) {
    impl_->clock.advance(*next - impl_->clock.now());
    runs = impl_->drain(impl_->options.most_runs, std::move(runs));
  }
  impl_->clock.advance(std::max(end - impl_->clock.now(), Millis(0)));
  return Runs(std::move(runs));
}

Runs TestQueue::runs() const {
  std::lock_guard const lock(impl_->mutex);
  return Runs(impl_->runs);
}

Store& TestQueue::store() { return impl_->queue.store(); }

JobRecord TestQueue::record(JobId id) const {
  std::optional<JobRecord> record = impl_->queue.store().get(id);
  if (!record) throw Error(ErrorKind::not_found, "no job " + id.str() + " was pushed to this TestQueue");
  return std::move(*record);
}

Pushed TestQueue::push(Envelope job) {
  job.check();
  Envelope const travelled = Envelope::from_bytes(job.to_bytes());
  Push push{travelled, impl_->clock.now(), current_job()};
  if (store().push({.jobs = std::span(&travelled, 1)}).statuses.at(0) == PushStatus::already)
    return {job.id, PushStatus::already};
  {
    std::lock_guard const lock(impl_->mutex);
    impl_->pushes.push_back(std::move(push));
  }
  impl_->pushed.notify_all();
  if (impl_->options.run_on_push && !impl_->draining_here()) drain();
  return {job.id};
}

Pushed TestQueue::push_in(Foreign& transaction, Envelope job) {
  job.check();
  if (!transaction.open())
    throw Error(ErrorKind::refused, "the transaction has ended, or was begun by another process; begin one first");
  Pushed const pushed{job.id};
  transaction.after_commit([this, job = std::move(job)] { push(job); });
  return pushed;
}

std::optional<Delivery> TestQueue::pop(Millis) {
  return impl_->queue.pop(Millis(0));
}  // time stands still: waiting brings nothing
void TestQueue::finish(Delivery const& delivery, Outcome const& outcome) { impl_->queue.finish(delivery, outcome); }
void TestQueue::release(Delivery const& delivery) { impl_->queue.release(delivery); }
Capabilities TestQueue::capabilities() const {
  return impl_->options.capabilities.value_or(impl_->queue.capabilities());
}
Queue* TestQueue::behind() { return &impl_->queue; }

}  // namespace kue::testing
