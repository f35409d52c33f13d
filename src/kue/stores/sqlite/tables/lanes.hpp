#pragma once
// Lanes: who waits, in the order of claims. A lane is the line of claimable jobs of one queue and priority (and, one
// day, one set of limits); it is kept as stretches of numbers. Reads only: Tables moves.

#include "kue/stores/sqlite/file/connection.hpp"
#include "kue/stores/sqlite/tables/stretches.hpp"

#include <kue/store.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace kue::sqlite {

// A claimable job's place in the order of its queue.
struct Spot {
  std::int64_t priority = 0, lane = kPlainLane, seq = 0;
  bool before(Spot const& other) const { return std::tie(priority, seq) < std::tie(other.priority, other.seq); }
};

struct Candidate {
  Spot spot;
  State state = State::available;
  bool damaged = false;  // the row does not read as a job: envelope and tally are empty
  Claimed claimed;       // as a claim finds it: no holder, and claim_no is that of its last claim
};

// Queues that a claim may take from: of those named the ones that exist and are not paused, each once; of no names all.
struct OpenQueue {
  std::string name;
  bool has_tail = false;  // jobs that no claim has seen: to be folded first
};
std::vector<OpenQueue> open_queues(Connection& db, QueueSelector const& asked);

// The first jobs of a queue, read one by one.
class Candidates {
 public:
  Candidates(Connection& db, std::string const& queue, int most);
  bool next();  // false: there is none, or `most` were read
  Candidate read() const;
  bool were_all() const { return read_ < most_; }  // after next() was false: the queue has no more

 private:
  Use row_;
  int const most_;
  int read_ = 0;
};
std::optional<Candidate> candidate_at(Connection& db, Spot const& spot);
std::vector<Spot> first_spots(Connection& db, std::string const& queue, std::size_t most);

bool any_claimable(Connection& db, std::string const& queue);
std::optional<TimePoint> next_due(Connection& db,
                                  std::string const& queue);  // of the jobs that have not entered their lane
std::vector<std::int64_t> due_jobs(Connection& db, std::string const& queue, TimePoint now, int most);
std::vector<std::string> queues_with_work(Connection& db, TimePoint now);
bool any_empty_lane(Connection& db);  // a stretch of one without a job
HeadResult head_of(Connection& db, std::string const& queue, TimePoint now);

}  // namespace kue::sqlite
