#pragma once
// Ledger: what must be written with every change of a job, in its transaction: the counters of its queue, the event, and who is woken
// after the commit. Only Tables writes into it.
//
//   Ledger ledger(connection, now, event_log);
//   Tables tables(ledger);
//   ... verbs ...
//   AfterCommit const done = ledger.close();    // the counters, last thing before the commit

#include "kue/stores/sqlite/file/connection.hpp"
#include "kue/stores/sqlite/file/database.hpp"

#include <kue/store.hpp>

#include <array>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace kue::sqlite {

class Ledger {
 public:
  Ledger(Connection& connection, TimePoint now, bool event_log) : connection_(connection), now_(now), event_log_(event_log) {}
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

  void wake(std::string_view queue, int jobs = 1);  // also without a change: a queue was resumed

  // For a part that may fail alone: what was noted since is forgotten with it.
  void mark();
  void back_to_mark();

  AfterCommit const& close();

 private:
  struct Numbers {
    std::int64_t pushed = 0;
    std::array<std::int64_t, kStateCount> by_state{};
  };
  using ByQueue = std::map<std::string, Numbers, std::less<>>;
  void write_event(Change const& change, bool stale);
  Numbers& numbers(std::string_view queue);

  Connection& connection_;
  TimePoint const now_;
  bool const event_log_;
  ByQueue numbers_, marked_numbers_;
  AfterCommit after_, marked_after_;
};

}  // namespace kue::sqlite
