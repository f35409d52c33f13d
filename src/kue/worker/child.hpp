#pragma once
// Child: the process that runs jobs. Pops by itself, one job at a time, until it is asked to stop.

#include "kue/worker/outcome_writer.hpp"
#include "kue/worker/post.hpp"
#include "kue/worker/runner.hpp"
#include "kue/worker/sentinel.hpp"

#include <atomic>
#include <memory>

namespace kue::worker {

class Child {
 public:
  explicit Child(Post post) : post_(std::move(post)) {}

  // Everything after the fork. Leaves by _exit: static objects of the parent's program are not this process's to destroy.
  [[noreturn]] void live();

 private:
  void settle();  // process, signals, memory
  void boot();    // queue, services; throws
  void work();
  bool trusted();
  std::optional<Delivery> pop();
  void handle(Delivery delivery);
  void give_back(int entry, Delivery const& delivery);
  void note_progress(Delivery const& delivery, Progress const& progress);
  void flush_queue();
  void rest(Millis duration);
  [[noreturn]] void leave(int code);
  [[noreturn]] void wait_for_the_kill();

  Logger log() const { return post_.options().log; }
  Slot& slot() { return post_.slot(); }

  Post post_;
  std::optional<Sentinel> sentinel_;
  std::shared_ptr<Queue> queue_;
  StoreQueue* with_store_ = nullptr;
  std::optional<OutcomeWriter> writer_;
  std::shared_ptr<Services> services_;
  std::unique_ptr<Runner> runner_;
  std::unique_ptr<StopWatch> watch_;
  Millis pop_trouble_{0};
  std::atomic<int> running_entry_{-1};  // for the stop watch's thread
};

}  // namespace kue::worker
