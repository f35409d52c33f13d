#pragma once
// ImmediateQueue: runs each job inside push, in the calling thread. For tests and for seeing a job under a debugger.
//
//   kue::ImmediateQueue queue(registry, services);
//   queue.push(HelloWorldJob("John"));                // has run when this returns
//   EXPECT_EQ(queue.outcomes().back().second.kind, kue::Outcome::Kind::completed);
//
// A failing job does not throw out of push: its outcome is kept. Honours no delay. Not thread-safe.

#include <kue/queue.hpp>
#include <kue/registry.hpp>

namespace kue {

class ImmediateQueue : public Queue {
 public:
  ImmediateQueue(Registry const& registry, Services& services, Logger log = Logger());

  using Queue::push;
  Pushed push(Envelope job) override;
  std::optional<Delivery> pop(Millis wait) override;  // always empty: nothing waits here

  std::vector<std::pair<Envelope, Outcome>> const& outcomes() const { return outcomes_; }

 private:
  Registry const& registry_;
  Services& services_;
  Logger log_;
  std::vector<std::pair<Envelope, Outcome>> outcomes_;
};

}  // namespace kue
