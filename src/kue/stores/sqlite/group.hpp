#pragma once
// Group: pushes of many threads share one commit. The first to come writes for all who wait; the others sleep meanwhile.
// Waiting for the disk is not its business (wal_sync.hpp): the next group is written while the one before is synced.

#include <kue/store.hpp>

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <span>
#include <vector>

namespace kue::sqlite {

class Group {
 public:
  struct Member {
    std::span<Envelope const> jobs;
    std::vector<PushStatus> statuses;
    std::uint64_t commit = 0;  // its number in the WAL
    std::exception_ptr error;
    bool done = false;
  };
  using Write = std::function<void(std::vector<Member*> const&)>;  // fills statuses or error of each; one that throws fails all

  // Returns when the member was written, by this thread or another. Rethrows its error.
  void join(Member& member, Write const& write);

 private:
  std::vector<Member*> take();

  std::mutex mutex_;
  std::condition_variable written_;
  std::vector<Member*> waiting_;
  bool writing_ = false;
};

}  // namespace kue::sqlite
