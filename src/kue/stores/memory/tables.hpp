#pragma once
// Tables: the jobs, and the orders in which they are looked for. No locks, no verbs: MemoryStore has those.

#include <kue/store.hpp>

#include <compare>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace kue::memory {

struct Row : JobRecord {
  TimePoint claimed_at{};  // of the last claim
};

struct Turn {  // the order in which jobs of one queue are claimed
  int priority = 0;
  std::int64_t seq = 0;
  auto operator<=>(Turn const&) const = default;
};

struct Moment {  // a job by a time; seq makes it unique
  TimePoint at{};
  std::int64_t seq = 0;
  auto operator<=>(Moment const&) const = default;
};

class Tables {
 public:
  Row* find(JobId id);
  Row& at(std::int64_t seq) { return by_seq_.at(seq); }
  std::map<std::int64_t, Row> const& by_seq() const { return by_seq_; }

  Row& insert(JobRecord record);       // gives it its seq
  void skip_number() { ++last_seq_; }  // of a push whose id was known: a store may leave its number unused, as SQLite does
  void erase(std::int64_t seq);

  // The only way to change a job: taken out of every order, changed, and put where it now belongs.
  template <class Change> void change(Row& record, Change&& change) {
    unplace(record);
    change(record);
    place(record);
  }

  // Jobs whose time has come stand among the claimable ones from here on. Their state stays what it is until the claim.
  void make_due(std::string const& queue, TimePoint now);

  std::set<Turn> const& claimable(std::string const& queue) const;
  std::set<Moment> const& later(std::string const& queue) const;      // not due when make_due last looked
  std::set<Moment> const& finished(std::string const& queue) const;   // completed and cancelled, oldest first
  std::set<Moment> const& discarded(std::string const& queue) const;  // oldest first
  std::set<std::int64_t> const& running() const { return running_; }

  std::set<std::string> queues() const;  // all that ever had a job or were paused
  void set_paused(std::string const& queue, bool paused);
  bool paused(std::string const& queue) const { return paused_.contains(queue); }
  QueueCounts counts(std::string const& queue) const;

  std::vector<std::string> problems() const;  // what does not fit together; empty, or there is a bug here

 private:
  void place(JobRecord const& record);
  void unplace(JobRecord const& record);

  std::int64_t last_seq_ = 0;
  std::map<std::int64_t, Row> by_seq_;
  std::map<JobId, std::int64_t> by_id_;
  std::map<std::string, std::set<Turn>> claimable_;
  std::map<std::string, std::set<Moment>> later_, finished_, discarded_;
  std::set<std::int64_t> running_;
  std::map<std::string, std::array<std::int64_t, kStateCount>> counts_;
  std::set<std::string> paused_;
};

}  // namespace kue::memory
