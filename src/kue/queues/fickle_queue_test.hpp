#pragma once
// A queue that does what a test tells it: fail, refuse one job, be slow. Keeps what it took; lets a test wait for it.

#include <kue/error.hpp>
#include <kue/queue.hpp>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace kue::queue_tests {

using namespace std::chrono_literals;

inline constexpr auto kPatience = 60s;  // for events that come at once on an idle machine

class FickleQueue : public Queue {
 public:
  using Queue::push;
  Pushed push(Envelope job) override { return push_many(std::span(&job, 1)).at(0); }
  std::vector<Pushed> push_many(std::span<Envelope> jobs) override {
    std::unique_lock lock(mutex_);
    ++calls_;
    caller_ = std::this_thread::get_id();
    changed_.notify_all();
    changed_.wait_for(lock, kPatience, [&] { return !held_; });
    if (fail_) fail_(jobs);
    sizes_.push_back(jobs.size());
    std::vector<Pushed> pushed;
    for (Envelope& job : jobs) pushed.push_back({job.id, PushStatus::pushed}), taken_.push_back(std::move(job));
    changed_.notify_all();
    return pushed;
  }
  void flush() override {
    std::lock_guard const lock(mutex_);
    ++flushes_;
    changed_.notify_all();
    if (flush_fails_) throw Error(ErrorKind::unavailable, "the bulk request failed");
  }
  std::optional<Delivery> pop(Millis) override { return std::nullopt; }
  Capabilities capabilities() const override { return {.delay = true, .priority = true}; }

  // What a call does before it takes the jobs: throws, or not. Null: takes everything.
  void fail(std::function<void(std::span<Envelope>)> how) {
    set([&] { fail_ = std::move(how); });
  }
  void go_away() {
    fail([](auto) { throw Error(ErrorKind::unavailable, "the server is away"); });
  }
  void come_back() { fail(nullptr); }
  void fail_flushes(bool yes) {
    set([&] { flush_fails_ = yes; });
  }
  void hold(bool yes) {
    set([&] { held_ = yes; });
  }  // calls do not return until hold(false)

  bool wait_for(std::function<bool()> what) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kPatience, what);
  }
  bool wait_taken(std::size_t count) {
    return wait_for([&] { return taken_.size() >= count; });
  }
  bool wait_calls(int count) {
    return wait_for([&] { return calls_ >= count; });
  }
  bool wait_flushes(int count) {
    return wait_for([&] { return flushes_ >= count; });
  }

  std::vector<Envelope> taken() const { return copy(taken_); }
  std::vector<std::size_t> sizes() const { return copy(sizes_); }  // jobs of each call that was taken
  int calls() const { return copy(calls_); }
  int flushes() const { return copy(flushes_); }
  std::thread::id caller() const { return copy(caller_); }

 private:
  void set(std::function<void()> const& change) {
    std::lock_guard const lock(mutex_);
    change();
    changed_.notify_all();
  }

  template <class T> T copy(T const& member) const {
    std::lock_guard const lock(mutex_);
    return member;
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::function<void(std::span<Envelope>)> fail_;
  bool flush_fails_ = false, held_ = false;
  int calls_ = 0, flushes_ = 0;
  std::vector<std::size_t> sizes_;
  std::vector<Envelope> taken_;
  std::thread::id caller_;
};

}  // namespace kue::queue_tests
