#pragma once
// Group: pushes of many threads share one commit, and one sync of the disk.
//
//   Group::Member member{.jobs = jobs};
//   group.push(member);            // returns when it is written and durable; rethrows what failed
//   group.sync();                  // after a commit of one's own
//
// Two steps, each led by one thread for all who wait for it: write (a transaction), then sync. While the disk works for one group the next
// is written. A thread sleeps once, from its call until it is done or is to lead.

#include <kue/store.hpp>

#include <chrono>
#include <condition_variable>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

namespace kue::sqlite {

class Group {
 public:
  enum class Turn { sleep, write, sync, done };
  // What a thread sleeps on. Not an atomic's wait(), which spins with sched_yield before it sleeps.
  class Bell {
   public:
    void ring(Turn turn);
    Turn wait();  // Turn::sleep again afterwards

   private:
    std::mutex mutex_;
    std::condition_variable rung_;
    Turn turn_ = Turn::sleep;
  };
  struct Member {
    std::span<Envelope const> jobs;
    std::vector<PushStatus> statuses;
    std::exception_ptr error;
    // Shared with the one who rings it, who may be at it still when this thread has woken and gone.
    std::shared_ptr<Bell> bell = std::make_shared<Bell>();
  };
  using Write = std::function<void(std::vector<Member*> const&)>;  // fills statuses or error of each; one that throws fails all
  using Sync = std::function<void()>;                              // empty: a commit is enough

  Group(Write write, Sync sync) : write_(std::move(write)), sync_(std::move(sync)) {}

  void push(Member& member);
  void sync();

 private:
  using Members = std::vector<Member*>;
  void take_turns(Member& member, Turn turn);
  Turn lead_write(Member& self);
  Turn lead_sync(Member& self);
  void gather(std::unique_lock<std::mutex>& held);
  Members take_waiting();
  Member* next_to_sync();

  Write const write_;
  Sync const sync_;
  std::mutex mutex_;
  Members waiting_, written_;
  bool writing_ = false, syncing_ = false;  // somebody leads it, or was woken to
  std::size_t expected_ = 0;                // how many the last sync was for
  std::chrono::nanoseconds last_sync_took_{0};
  std::condition_variable all_came_;
  int put_off_ = 0;  // how often the next sync has let a write go first
};

}  // namespace kue::sqlite
