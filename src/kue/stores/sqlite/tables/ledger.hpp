#pragma once
// Ledger: what must be written with every change of a job, in its transaction: the counters of its queue, the event,
// and who is woken after the commit. Only Tables notes changes in it; verbs wake, and note what was refused.
//
//   Ledger ledger(connection, now, event_log);
//   Tables tables(ledger);
//   ... verbs ...
//   AfterCommit const done = ledger.close();    // the counters, last thing before the commit

#include "kue/stores/sqlite/file/connection.hpp"
#include "kue/stores/sqlite/file/database.hpp"
#include "kue/stores/sqlite/tables/stretches.hpp"

#include <kue/store.hpp>

#include <array>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kue::sqlite {

class Ledger {
 public:
  Ledger(Connection& connection, TimePoint now, bool event_log)
      : connection_(connection), now_(now), event_log_(event_log) {}
  Ledger(Ledger const&) = delete;
  Ledger& operator=(Ledger const&) = delete;

  Connection& db() { return connection_; }
  TimePoint now() const { return now_; }

  struct Change {
    JobId id;
    std::string_view queue;
    Verb verb = Verb::push;
    std::optional<State> from, to;
    Reason reason = Reason::pushed;
    std::uint32_t claim_no = 0;
    std::uint64_t holder = 0;
    std::uint64_t node = 0;
  };
  // Counters, the event if the log is on, and a wake-up if the job waits from now on.
  void changed(Change const& change);
  void refused(Verb verb, Finish const& item);  // a stale write: an event, nothing else
  bool writes_events() const { return event_log_; }

  // Plain jobs were pushed, all others of the queue stand before them: they lengthen its tail, written with its
  // counters.
  void covered(std::string_view queue, int priority, Stretch const& stretch);
  void fold(std::string_view queue);  // the tail of a queue into its lane
  void erased(std::int64_t seq);      // its number is not given again

  void wake(std::string_view queue, int jobs = 1);  // also without a change: a queue was resumed

  void hurry() { after_.in_a_hurry = true; }  // jobs were handed out

  // For a part that may fail alone: what was noted since is forgotten with it.
  void mark();
  void back_to_mark();

  AfterCommit const& close();

 private:
  struct Numbers {
    std::int64_t pushed = 0;
    std::array<std::int64_t, kStateCount> by_state{};
    std::vector<std::pair<int, Stretch>> covered;  // by priority, in the order of numbers
    bool only_pushed() const;                      // one stretch, and nothing else has changed
  };
  using ByQueue = std::map<std::string, Numbers, std::less<>>;
  void write_event(Change const& change, bool stale);
  bool lengthen_tail(std::string_view queue, Numbers const& numbers);
  void write(std::string_view queue, Numbers const& numbers);
  Numbers& numbers(std::string_view queue);

  Connection& connection_;
  TimePoint const now_;
  bool const event_log_;
  ByQueue numbers_, marked_numbers_;
  ByQueue::value_type* latest_ = nullptr;  // of numbers_: mostly the next change is of the same queue
  std::int64_t last_erased_ = 0;
  AfterCommit after_, marked_after_;
};

}  // namespace kue::sqlite
