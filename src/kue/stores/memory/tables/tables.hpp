#pragma once
// Tables: the jobs, the orders in which they are looked for, and the one place where a job moves: its row, its lane or
// other order, the counters of its queue, the event and the wake-up change together here and nowhere else. No locks, no
// verbs.

#include "kue/stores/memory/process/bell.hpp"

#include <kue/store.hpp>

#include <compare>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace kue::memory {

using Row = JobRecord;

// A line of waiting jobs: those of one queue and priority. A limit or a fair key will be a lane of its own here.
struct Lane {
  std::string queue;
  int priority = 0;
  auto operator<=>(Lane const&) const = default;
};
using Lanes = std::map<Lane, std::set<std::int64_t>>;  // by seq; none is empty

struct Moment {  // a job by a time; seq makes it unique
  TimePoint at{};
  std::int64_t seq = 0;
  auto operator<=>(Moment const&) const = default;
};

struct Why {
  Verb verb = Verb::push;
  Reason reason = Reason::pushed;
};

class Tables {
 public:
  Tables(Clock const& clock, bool event_log, Bell& bell) : clock_(clock), event_log_(event_log), bell_(bell) {}
  TimePoint now() const { return clock_.now(); }

  // ---- moves
  Row& add(Envelope const& job, std::int64_t seq);  // above last_seq(); numbers may stay unused
  void make_due(std::string const&
                    queue);  // jobs whose time has come enter their lane; their state stays what it is until the claim
  void make_running(Row& row, std::uint64_t node, std::uint64_t holder);
  void make_claimable(Row& row, Why why);  // in the place that it had
  void make_later(Row& row, State to, TimePoint run_at, Why why);
  void make_final(Row& row, State to, Why why);
  void erase(Row& row, Why why);

  // What a run leaves in its row, and what was refused by the fence: no move.
  void note_run(Row& row, Finish const& finish);
  void note_stale(Verb verb, Finish const& finish);

  // ---- looking
  std::int64_t last_seq() const { return last_seq_; }
  Row* find(JobId id);
  Row* find_number(std::int64_t seq);
  Row& at(std::int64_t seq) { return by_seq_.at(seq); }
  std::map<std::int64_t, Row> const& by_seq() const { return by_seq_; }
  Lanes const& lanes() const { return lanes_; }
  Lanes::const_iterator first_lane(
      std::string const& queue) const;  // the lane that stands first in a queue; lanes().end(): none
  std::set<Moment> const& later(std::string const& queue) const;      // not due when make_due last looked
  std::set<Moment> const& finished(std::string const& queue) const;   // completed and cancelled, oldest first
  std::set<Moment> const& discarded(std::string const& queue) const;  // oldest first
  std::set<std::int64_t> const& running() const { return running_; }
  std::vector<Event> const& events() const { return events_; }

  // ---- queues
  std::set<std::string> queues() const;  // all that ever had a job or were paused
  void set_paused(std::string const& queue, bool paused);
  bool paused(std::string const& queue) const { return paused_.contains(queue); }
  QueueCounts counts(std::string const& queue) const;

  std::vector<std::string> problems() const;  // what does not fit together; empty, or there is a bug here

 private:
  template <class Change> void move(Row& row, Why why, Change&& change);
  void place(Row const& row);
  void unplace(Row const& row);
  void enter_lane(Row const& row);
  void leave_lane(Row const& row);
  void record(Row const& row, std::optional<State> from, std::optional<State> to, Why why);

  Clock const& clock_;
  bool const event_log_;
  Bell& bell_;

  std::int64_t last_seq_ = 0;
  std::map<std::int64_t, Row> by_seq_;
  std::map<JobId, std::int64_t> by_id_;
  Lanes lanes_;
  std::map<std::string, std::set<Moment>> later_, finished_, discarded_;
  std::set<std::int64_t> running_;
  std::map<std::string, std::array<std::int64_t, kStateCount>> counts_;
  std::set<std::string> paused_;
  std::vector<Event> events_;
};

}  // namespace kue::memory
