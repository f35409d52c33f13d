// Many threads at once: every verb is atomic.

#include "kue/conformance/cases.hpp"

#include <algorithm>
#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

namespace kue::testing {

using namespace std::chrono_literals;

namespace {

void in_threads(int count, std::function<void(int)> const& body) {
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) threads.emplace_back([&body, i] { body(i); });
  for (std::thread& thread : threads) thread.join();
}

// Four claimers with their own holders, over one handle or two: every job to one of them, once.
void claim_all(StoreTest& t, std::vector<Store*> const& handles) {
  constexpr int kJobs = 200;
  auto const ids = t.push_many(kJobs);
  std::mutex mutex;
  std::map<JobId, int> claims;
  std::atomic<int> not_applied{0};
  in_threads(4, [&](int thread) {
    Store& store = *handles[static_cast<std::size_t>(thread) % handles.size()];
    std::uint64_t const holder = 1000 + static_cast<std::uint64_t>(thread);
    for (int calls = 0; calls < kJobs; ++calls) {
      auto const result = store.claim({.node = kNode, .holder = holder, .max = 3});
      if (result.jobs.empty()) return;
      std::vector<Finish> batch;
      for (Claimed const& job : result.jobs) {
        batch.push_back({.claim = job.claim, .transition = {State::completed, Reason::completed, 0ms, job.tally}});
      }
      for (FinishStatus const status : store.finish({.items = batch}).statuses)
        not_applied += status == FinishStatus::applied ? 0 : 1;
      std::lock_guard const lock(mutex);
      for (Claimed const& job : result.jobs) ++claims[job.job.id];
    }
  });
  EXPECT_EQ(not_applied, 0);
  EXPECT_EQ(claims.size(), ids.size());
  for (auto const& [id, times] : claims) EXPECT_EQ(times, 1) << id.str();
  EXPECT_EQ(t.counts("default").of(State::completed), kJobs);
}

void claims_give_each_job_once(StoreTest& t) { claim_all(t, {t.store.get()}); }

void claims_over_two_handles_give_each_job_once(StoreTest& t) {
  auto const other = t.another_handle();
  claim_all(t, {t.store.get(), other.get()});
}

void pushes_are_all_kept(StoreTest& t) {
  std::mutex mutex;
  std::vector<JobId> pushed;
  in_threads(4, [&](int) {
    for (int i = 0; i < 25; ++i) {
      Envelope const envelope = t.job();
      t.store->push({.jobs = {&envelope, 1}});
      std::lock_guard const lock(mutex);
      pushed.push_back(envelope.id);
    }
  });
  auto found = ids_of(t.all());
  EXPECT_EQ(found.size(), 100u);
  std::sort(found.begin(), found.end());
  std::sort(pushed.begin(), pushed.end());
  EXPECT_EQ(found, pushed);
}

void one_id_pushed_by_all_is_one_job(StoreTest& t) {
  for (int round = 0; round < 5; ++round) {
    Envelope const envelope = t.job();
    std::atomic<int> pushed{0};
    in_threads(4, [&](int) {
      if (t.store->push({.jobs = {&envelope, 1}}).statuses.at(0) == PushStatus::pushed) ++pushed;
    });
    EXPECT_EQ(pushed, 1);
  }
  EXPECT_EQ(t.all().size(), 5u);
}

// One push that is refused fails alone, even if the store writes several together.
void a_refused_push_fails_alone(StoreTest& t) {
  std::atomic<int> refused{0}, pushed{0};
  in_threads(4, [&](int thread) {
    for (int i = 0; i < 10; ++i) {
      Envelope envelope = t.job(thread == 0 ? "not a name" : "default");
      try {
        t.store->push({.jobs = {&envelope, 1}});
        ++pushed;
      } catch (Error const& error) {
        if (error.kind() == ErrorKind::invalid) ++refused;
      }
    }
  });
  EXPECT_EQ(refused, 10);
  EXPECT_EQ(pushed, 30);
  EXPECT_EQ(t.all().size(), 30u);
}

void one_run_is_finished_once(StoreTest& t) {
  for (int round = 0; round < 10; ++round) {
    JobId const id = t.running_job();
    Finish const item = t.to(id, State::completed, Reason::completed);
    std::atomic<int> applied{0}, already{0};
    in_threads(3, [&](int) {
      FinishStatus const status = t.store->finish({.items = {&item, 1}}).statuses.at(0);
      applied += status == FinishStatus::applied;
      already += status == FinishStatus::already;
    });
    EXPECT_EQ(applied, 1);
    EXPECT_EQ(already, 2);
  }
}

// A cancel and a claim of the same job: exactly one of them has it.
void cancel_or_claim(StoreTest& t) {
  for (int round = 0; round < 20; ++round) {
    JobId const id = t.push(t.job());
    CancelStatus cancelled{};
    std::size_t claimed = 0;
    in_threads(2, [&](int thread) {
      if (thread == 0)
        cancelled = t.cancel(id);
      else
        claimed = t.claim().jobs.size();
    });
    EXPECT_EQ(claimed, cancelled == CancelStatus::asked ? 1u : 0u);
    EXPECT_EQ(t.state(id), claimed ? State::running : State::cancelled);
    if (claimed) t.complete(id);
  }
}

}  // namespace

Cases thread_cases() {
  return {{"threads", "claims_give_each_job_once", claims_give_each_job_once},
          {"threads", "claims_over_two_handles_give_each_job_once", claims_over_two_handles_give_each_job_once,
           kTwoHandles},
          {"threads", "pushes_are_all_kept", pushes_are_all_kept},
          {"threads", "one_id_pushed_by_all_is_one_job", one_id_pushed_by_all_is_one_job},
          {"threads", "a_refused_push_fails_alone", a_refused_push_fails_alone},
          {"threads", "one_run_is_finished_once", one_run_is_finished_once},
          {"threads", "cancel_or_claim", cancel_or_claim}};
}

}  // namespace kue::testing
