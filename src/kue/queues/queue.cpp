#include <kue/queue.hpp>

#include <kue/error.hpp>

#include "kue/base/bounded.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

namespace kue {

void Queue::check(Envelope const& job) const {
  Capabilities const can = capabilities();
  std::string refused;
  if (job.run_at && !can.delay) refused += " delay or run_at (run it later yourself, or use a store queue);";
  if (job.priority != 0 && !can.priority) refused += " priority (use one queue a priority);";
  if (job.timeout.count() > 0 && !can.timeout) refused += " timeout;";
  if (!refused.empty()) {
    refused.pop_back();
    throw Error(ErrorKind::refused, "cannot push " + job.kind + ": this queue does not honour" + refused);
  }
}

Pushed Queue::push_checked(Envelope job) {
  check(job);
  return push(std::move(job));
}

Pushed Queue::push(Foreign& transaction, Envelope job) {
  check(job);
  return push_in(transaction, std::move(job));
}

Pushed Queue::push_in(Foreign&, Envelope job) {
  throw Error(ErrorKind::refused,
              "cannot push " + job.kind +
                  " in a transaction of the program's own: this queue cannot join one. A queue over sqlite:PATH can");
}

std::vector<Pushed> Queue::push_many(std::span<Envelope> jobs) {
  std::vector<Pushed> pushed;
  pushed.reserve(jobs.size());
  for (Envelope& job : jobs) pushed.push_back(push(std::move(job)));
  return pushed;
}

std::optional<JobStatus> Queue::find(JobId id) {
  if (Queue* const inner = behind()) return inner->find(id);
  throw Error(ErrorKind::refused, "cannot find " + id.str() +
                                      ": this queue keeps no record of its jobs. A queue over a store does, and one of "
                                      "yours that implements find()");
}

// By real time, whatever clock() is: others run the job, and a clock of a test may stand still.
std::optional<JobStatus> Queue::wait(JobId id, Millis time) {
  using Steady = std::chrono::steady_clock;
  constexpr Millis kFirstPause{10}, kLongestPause{250};
  auto const until = Steady::now() + bounded(time);
  bool seen = false;
  for (Millis pause = kFirstPause;; pause = std::min(pause * 2, kLongestPause)) {
    std::optional<JobStatus> job = find(id);
    bool const gone = seen && !job;
    seen = job.has_value();
    if (gone || (job && job->final()) || Steady::now() >= until) return job;
    std::this_thread::sleep_until(std::min(until, Steady::now() + pause));
  }
}

std::vector<Delivery> Queue::pop_many(int /*max*/, Millis wait) {
  std::vector<Delivery> deliveries;
  if (auto delivery = pop(wait)) deliveries.push_back(std::move(*delivery));
  return deliveries;
}

}  // namespace kue
