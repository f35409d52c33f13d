#include <kue/queue.hpp>

#include <kue/error.hpp>

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

std::vector<Delivery> Queue::pop_many(int /*max*/, Millis wait) {
  std::vector<Delivery> deliveries;
  if (auto delivery = pop(wait)) deliveries.push_back(std::move(*delivery));
  return deliveries;
}

}  // namespace kue
