#pragma once
// StoreQueue: the Queue over a Store; what spark uses by default.
//
//   kue::StoreQueue queue(kue::open_store("sqlite:spark.db"));
//   kue::JobId id = queue.push(HelloWorldJob("John Doe"));       // durable when this returns
//
// finish() asks core::decide() what follows and writes that with the fence. Inside a worker, process() takes node,
// holder and queues from it; popped without a worker, the queue is a node of its own and beats while it pops.

#include <kue/queue.hpp>
#include <kue/random.hpp>
#include <kue/store.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace kue {

class StoreQueue : public Queue {
 public:
  explicit StoreQueue(std::shared_ptr<Store> store, Clock const& clock = Clock::system(),
                      Random& random = Random::system());
  ~StoreQueue() override;

  using Queue::push;
  Pushed push(Envelope job) override;
  std::vector<Pushed> push_many(std::span<Envelope> jobs) override;  // one transaction
  Pushed push_in(Foreign& transaction, Envelope job) override;
  std::optional<JobStatus> find(JobId id) override;
  std::optional<Delivery> pop(Millis wait) override;
  std::vector<Delivery> pop_many(int max, Millis wait) override;
  void process(Consumer& worker) override;
  void finish(Delivery const& delivery, Outcome const& outcome) override;
  void release(Delivery const& delivery) override;
  Capabilities capabilities() const override;
  Clock const& clock() const override { return clock_; }
  void interrupt() noexcept override;

  // As finish, for who must know whether the write took place (the worker). `started_at`: when run began.
  FinishStatus finish_run(Delivery const& delivery, Outcome const& outcome, std::optional<TimePoint> started_at);

  // For a run that ends itself in a transaction of the program's own (Context::finish). Its end
  // counts once that is committed; was_ended_by() reads whether it was.
  FinishStatus finish_run_in(Foreign& transaction, Delivery const& delivery, Outcome const& outcome,
                             std::optional<TimePoint> started_at);
  bool was_ended_by(Claim const& claim);

  // For a worker that writes many outcomes at once. `items` are written in the transaction of the first claim;
  // `written` is called with their statuses, in order, once that is done and before anything is waited for. If it
  // throws, and `written` was not called, it is not known whether they were written: write them again.
  struct Merged {
    std::span<Finish const> items = {};
    std::function<void(std::span<FinishStatus const>)> written;
  };
  std::vector<Delivery> pop_many(int max, Millis wait, Merged const& merged);
  // What writes this run's end; `next` is what core::decide() said.
  Finish describe_finish(Delivery const& delivery, Outcome const& outcome, Transition const& next,
                         std::optional<TimePoint> started_at) const;

  Store& store() { return *store_; }
  std::shared_ptr<Store> const& shared_store() const { return store_; }

 private:
  struct Identity;
  void become_a_node();

  std::shared_ptr<Store> store_;
  Clock const& clock_;
  Random& random_;
  std::unique_ptr<Identity> identity_;
};

}  // namespace kue
