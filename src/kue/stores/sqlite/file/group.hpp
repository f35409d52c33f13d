#pragma once
// Group: writes of many threads share one commit, and one sync of the disk.
//
//   struct Pushing : Group::Member { ... } member;
//   group.write(member);           // returns when it is written and durable; rethrows what failed
//   group.sync();                  // after a commit of one's own
//
// Two queues, one to be written (a transaction) and one to be synced. The front of each leads: it does the step for all
// who stand behind it by then, and leaves with them. While the disk works for one group the next is written. A thread
// sleeps until it is done or leads.

#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace kue::sqlite {

class Group {
 public:
  struct Member {
    std::size_t rows = 1;  // that it writes
    std::exception_ptr error;
    bool done = false;
    // Shared with the one who wakes it, who may be at it still when this thread has woken and gone.
    std::shared_ptr<std::condition_variable> turn = std::make_shared<std::condition_variable>();
  };
  using Write =
      std::function<void(std::vector<Member*> const&)>;  // may set the error of one; one that throws fails all
  using Sync = std::function<void()>;                    // empty: a commit is enough

  Group(Write write, Sync sync) : write_(std::move(write)), sync_(std::move(sync)) {}

  void write(Member& member);
  void sync();

 private:
  using Queue = std::deque<Member*>;
  using Lock = std::unique_lock<std::mutex>;
  void stand_in(Queue& queue, Member& member);
  void lead_write(Lock& held);
  void lead_sync(Lock& held);
  void gather(Lock& held);

  Write const write_;
  Sync const sync_;
  std::mutex mutex_;
  Queue writing_, syncing_;   // the leader stands in front until its step is done
  std::size_t expected_ = 1;  // how many the last sync was for
  std::chrono::steady_clock::time_point expected_until_{};
};

}  // namespace kue::sqlite
