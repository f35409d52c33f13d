#pragma once
// Tables: the one place where a job moves. Each move changes its row, its lane or stretch, the counters, the event and
// the wake-up together; verbs call it and write nothing by hand. Inside one write transaction.
//
//   Tables tables(ledger);
//   tables.make_running(take, request);

#include "kue/stores/sqlite/tables/lanes.hpp"
#include "kue/stores/sqlite/tables/ledger.hpp"

#include <kue/store.hpp>

#include <cstdint>
#include <exception>
#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kue::sqlite {

// Where a job stands, running or not.
struct Standing {
  std::int64_t seq = 0;
  JobId id;
  State state = State::available;
  std::string queue;
  std::uint32_t claim_no = 0;
  std::optional<TimePoint> finished_at = {};
};
std::optional<Standing> find(Connection& db, JobId const& id);

// A job that runs under the claim which an item names.
struct Running {
  std::int64_t seq = 0;
  JobId id;
  State state = State::running;
  std::uint64_t holder = 0;
  std::string queue;
  std::int64_t lane = 0;
  std::uint32_t claim_no = 0;
  std::uint64_t node = 0;
  bool marked = false;  // by cancel
};
std::vector<std::optional<Running>> find_running(Connection& db,
                                                 std::span<Finish const> items);  // one an item; none: final or unknown
bool was_last_claim(Connection& db, Claim const& claim);                          // of a final job

// One run that makes its job final.
struct End {
  Finish const* item = nullptr;
  JobId id;  // and node: for its event
  std::uint64_t node = 0;
};

// What a claim takes: jobs and the state in which each was, rows that read as none, and how far into each queue that
// goes.
struct Take {
  struct Front {
    std::string_view queue;
    std::optional<Spot> up_to;  // none: all that was claimable
  };
  std::span<Claimed const> jobs;
  std::vector<State> from;
  std::vector<Candidate> damaged;
  std::vector<Front> fronts;
};

class Tables {
 public:
  explicit Tables(Ledger& ledger) : ledger_(ledger) {}
  Connection& db() { return ledger_.db(); }
  TimePoint now() const { return ledger_.now(); }
  Ledger& ledger() { return ledger_; }

  // ---- new -> available, scheduled: the jobs of all lists, as one statement a table; statuses in their order.
  std::vector<PushStatus> add(std::span<std::span<Envelope const> const> lists);
  // Runs a part of the transaction that may fail alone: an error of one row undoes it and is returned.
  std::exception_ptr try_part(std::function<void()> const& part);
  void all_or_nothing(
      std::function<void()> const& part);  // whatever is thrown, nothing of the part stays in the transaction

  // ---- waiting
  void fold(std::string_view queue) { ledger_.fold(queue); }  // the newest stretch into its lane: before a claim
  void make_due(std::string_view queue,
                std::vector<std::int64_t> seqs);  // they enter their lanes; the state changes with the claim only
  void make_running(Take const& take, ClaimRequest const& by);
  void make_cancelled(std::span<Standing const> waiting);

  // ---- running
  // The quick way for nearly all: the fence is compared by the statement that writes them. False: one was not held so,
  // and nothing is changed.
  bool make_final(std::span<End const> ends, Verb verb);
  void make_cancelled(Running const& job, Finish const& item, Verb verb);  // was marked by cancel, and would wait again
  void make_waiting(Running const& job, Finish const& item, Verb verb);    // claimable in its old place, or later
  void mark_for_cancel(Standing const& running);
  void note_attempt(std::int64_t seq, Attempt const& attempt);
  void note_progress(Claim const& claim, Progress const& progress);
  void forget_held(
      std::set<std::uint64_t> const& holders);  // stretches in which they hold nothing any more; after their jobs moved

  // ---- final
  void make_claimable(Standing const& final);  // retried

  // ---- any but running -> gone, with its history. False: a final one is no longer as it was found.
  bool erase(Standing const& job, Verb verb, Reason reason);
  void forget_ended(std::string_view queue, bool discarded, TimePoint until);  // stretches without a job; after erase
  void forget_ready();                                                         // the same of lanes

 private:
  PushStatus add_one(Envelope const& job);
  void enter_lane(std::string_view queue, std::int64_t seq);
  void put_aside(Candidate const& damaged, ClaimRequest const& by);
  void leave_final(Standing const& job);

  Ledger& ledger_;
};

}  // namespace kue::sqlite
