// wait, wake, interrupt. These run on the system's clock: a sleeping thread knows no other.

#include "kue/conformance/cases.hpp"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <fstream>
#include <thread>

#include <pthread.h>
#include <unistd.h>

namespace kue::testing {

using namespace std::chrono_literals;

namespace {

constexpr auto kLong = 20s;   // longer than any of these may take
constexpr auto kAtOnce = 5s;  // what "at once" may cost on a busy machine

SteadyPoint in(Millis time) { return Clock::system().steady_now() + time; }

void use_the_systems_clock(StoreTest& t) {
  t.store = t.open({});
  t.store->beat({.node = kNode, .name = "here", .pid = 1});
}

template <class Call> Millis time_of(Call&& call) {
  SteadyPoint const start = Clock::system().steady_now();
  call();
  return Clock::system().steady_now() - start;
}

// A thread that tells the kernel's name for it, so that a test can see it fall asleep instead of hoping.
class Sleeper {
 public:
  explicit Sleeper(std::function<void()> body)
      : thread_([this, body = std::move(body)] {
          tid_ = ::gettid();
          body();
        }) {}
  ~Sleeper() { join(); }

  void join() {
    if (thread_.joinable()) thread_.join();
  }
  pthread_t handle() { return thread_.native_handle(); }

  void until_asleep() const {
    SteadyPoint const limit = in(10s);
    int seen = 0;  // twice in a row, so that a short sleep on a lock is not taken for the long one
    while (seen < 20 && Clock::system().steady_now() < limit) {
      seen = asleep() ? seen + 1 : 0;
      std::this_thread::sleep_for(1ms);
    }
  }

 private:
  bool asleep() const {
    std::ifstream stat("/proc/self/task/" + std::to_string(tid_.load()) + "/stat");
    std::string const text{std::istreambuf_iterator<char>(stat), {}};
    auto const end = text.rfind(')');
    return end != std::string::npos && text.size() > end + 2 && text[end + 2] == 'S';
  }

  std::atomic<pid_t> tid_{0};
  std::thread thread_;
};

// Waits until a claim succeeds; wait() may return early, so it is asked again.
JobId wait_for_job(Store& store, std::vector<std::string> const& queues, Millis at_most) {
  SteadyPoint const until = in(at_most);
  while (Clock::system().steady_now() < until) {
    auto const result = store.claim({.node = kNode, .holder = kHolder, .queues = {queues}, .max = 1});
    if (!result.jobs.empty()) return result.jobs[0].job.id;
    store.wait({.queues = {queues}, .until = until});
  }
  return {};
}

void returns_at_its_time(StoreTest& t) {
  use_the_systems_clock(t);
  EXPECT_LT(time_of([&] { t.store->wait({.until = in(50ms)}); }), kAtOnce);
  EXPECT_LT(time_of([&] { t.store->wait({.until = in(0ms)}); }), kAtOnce);
  EXPECT_LT(time_of([&] { t.store->wait({.until = in(-1h)}); }), kAtOnce);
}

void sleeps_and_does_not_spin(StoreTest& t) {
  use_the_systems_clock(t);
  SteadyPoint const until = in(300ms);
  int returns = 0;
  for (; Clock::system().steady_now() < until && returns < 100'000; ++returns) t.store->wait({.until = until});
  EXPECT_LT(returns, 50);
}

void a_push_wakes_it(StoreTest& t) {
  use_the_systems_clock(t);
  std::vector<Millis> latencies;
  for (int round = 0; round < 5; ++round) {
    JobId got;
    Sleeper sleeper([&] { got = wait_for_job(*t.store, {"default"}, kLong); });
    sleeper.until_asleep();
    Envelope const envelope = t.job();
    latencies.push_back(time_of([&] {
      t.store->push({.jobs = {&envelope, 1}});
      sleeper.join();
    }));
    EXPECT_EQ(got, envelope.id);
  }
  std::sort(latencies.begin(), latencies.end());
  EXPECT_LT(latencies[2], 600ms) << "half of the wake-ups came from the poll of 1 s, not from the push";
}

void any_queue_wakes_who_waits_for_all(StoreTest& t) {
  use_the_systems_clock(t);
  JobId got;
  Sleeper sleeper([&] { got = wait_for_job(*t.store, {}, kLong); });
  sleeper.until_asleep();
  Envelope const envelope = t.job("some.queue");
  t.store->push({.jobs = {&envelope, 1}});
  sleeper.join();
  EXPECT_EQ(got, envelope.id);
}

void a_push_between_claim_and_wait_is_not_missed(StoreTest& t) {
  use_the_systems_clock(t);
  Millis slowest{0};
  for (int round = 0; round < 5; ++round) {
    EXPECT_TRUE(t.claim(1, {"default"}).jobs.empty());
    Envelope const envelope = t.job();
    t.store->push({.jobs = {&envelope, 1}});
    std::vector<std::string> const queues{"default"};
    slowest = std::max(slowest, time_of([&] { t.store->wait({.queues = {queues}, .until = in(kLong)}); }));
    EXPECT_EQ(t.claim_ids(1, {"default"}), std::vector{envelope.id});
  }
  EXPECT_LT(slowest, kAtOnce);
}

void wakes_for(StoreTest& t, std::function<void()> const& what) {
  JobId got;
  Sleeper sleeper([&] { got = wait_for_job(*t.store, {"default"}, kLong); });
  sleeper.until_asleep();
  EXPECT_LT(time_of([&] {
              what();
              sleeper.join();
            }),
            kAtOnce);
  EXPECT_FALSE(got.nil());
}

void a_release_wakes_it(StoreTest& t) {
  use_the_systems_clock(t);
  JobId const id = t.running_job();
  wakes_for(t, [&] { t.give_back(id); });
}

void a_resume_wakes_it(StoreTest& t) {
  use_the_systems_clock(t);
  t.store->pause({.queue = "default"});
  t.push(t.job());
  wakes_for(t, [&] { t.store->resume({.queue = "default"}); });
}

void a_retry_wakes_it(StoreTest& t) {
  use_the_systems_clock(t);
  JobId const id = t.push(t.job());
  t.cancel(id);
  wakes_for(t, [&] { t.retry(id); });
}

void wake_ends_a_wait(StoreTest& t) {
  use_the_systems_clock(t);
  std::vector<std::string> const queues{"default"};
  Sleeper sleeper([&] { t.store->wait({.queues = {queues}, .until = in(kLong)}); });
  sleeper.until_asleep();
  EXPECT_LT(time_of([&] {
              t.store->wake(queues);
              sleeper.join();
            }),
            kAtOnce);
}

void ends_present_waits(StoreTest& t) {
  use_the_systems_clock(t);
  Sleeper one([&] { t.store->wait({.until = in(kLong)}); });
  Sleeper two([&] { t.store->wait({.until = in(kLong)}); });
  one.until_asleep();
  two.until_asleep();
  EXPECT_LT(time_of([&] {
              t.store->interrupt();
              one.join();
              two.join();
            }),
            kAtOnce);
}

void ends_the_next_wait(StoreTest& t) {
  use_the_systems_clock(t);
  t.store->interrupt();
  EXPECT_LT(time_of([&] { t.store->wait({.until = in(kLong)}); }), kAtOnce);
}

Store* interrupted_by_signal = nullptr;

void works_in_a_signal_handler(StoreTest& t) {
  use_the_systems_clock(t);
  interrupted_by_signal = t.store.get();
  struct sigaction action {
  }, before{};
  action.sa_handler = [](int) { interrupted_by_signal->interrupt(); };
  action.sa_flags = SA_RESTART;
  ASSERT_EQ(::sigaction(SIGUSR1, &action, &before), 0);
  Sleeper sleeper([&] { t.store->wait({.until = in(kLong)}); });
  sleeper.until_asleep();
  EXPECT_LT(time_of([&] {
              ::pthread_kill(sleeper.handle(), SIGUSR1);
              sleeper.join();
            }),
            kAtOnce);
  ::sigaction(SIGUSR1, &before, nullptr);
}

void many_times_never_hangs(StoreTest& t) {
  use_the_systems_clock(t);
  for (int round = 0; round < 200; ++round) {
    Sleeper sleeper([&] { t.store->wait({.until = in(kLong)}); });
    t.store->interrupt();  // before, during or after the thread falls asleep
    EXPECT_LT(time_of([&] { sleeper.join(); }), kAtOnce);
  }
}

}  // namespace

Cases wait_cases() {
  return {{"wait", "returns_at_its_time", returns_at_its_time},
          {"wait", "sleeps_and_does_not_spin", sleeps_and_does_not_spin},
          {"wait", "a_push_wakes_it", a_push_wakes_it},
          {"wait", "any_queue_wakes_who_waits_for_all", any_queue_wakes_who_waits_for_all},
          {"wait", "a_push_between_claim_and_wait_is_not_missed", a_push_between_claim_and_wait_is_not_missed},
          {"wait", "a_release_wakes_it", a_release_wakes_it},
          {"wait", "a_resume_wakes_it", a_resume_wakes_it},
          {"wait", "a_retry_wakes_it", a_retry_wakes_it},
          {"wake", "ends_a_wait", wake_ends_a_wait},
          {"interrupt", "ends_present_waits", ends_present_waits},
          {"interrupt", "ends_the_next_wait", ends_the_next_wait},
          {"interrupt", "works_in_a_signal_handler", works_in_a_signal_handler},
          {"interrupt", "many_times_never_hangs", many_times_never_hangs}};
}

}  // namespace kue::testing
