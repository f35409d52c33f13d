#pragma once
// Takeover: what living children hold for too long. Jobs that were claimed and not started go back to the store, so
// that none is the hostage of a long one before it; runs that have ended, and whose child does not come to writing
// them, are written; and so are the lines of its log.
//
// It can be cut off at any point: an entry that was taken stays taken, and the next look (of the next keeper, too) does
// it again.

#include "kue/worker/board/scoreboard.hpp"
#include "kue/worker/node/release.hpp"

#include <kue/logger.hpp>
#include <kue/store.hpp>

#include <vector>

namespace kue::worker {

class Takeover {
 public:
  static constexpr Millis kHeldTooLong{100};
  static constexpr Millis kDoneTooLong{20};
  static constexpr Millis kLineTooLong{20};
  static constexpr Millis kLookAgain{20};

  struct Taken {
    int pid = 0;  // of the child
    Released released;
  };

  // Throws what the store throws; what it took stays taken then.
  std::vector<Taken> look(Store& store, std::uint64_t node, Scoreboard& board, SteadyPoint now);
  bool waiting() const { return waiting_; }  // something waits in an entry: look again after kLookAgain

 private:
  bool waiting_ = false;
};

}  // namespace kue::worker
