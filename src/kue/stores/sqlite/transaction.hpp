#pragma once
// Transaction: one write to the file, with all that must be written in it: the counters of the queues and the events.
//
//   Transaction tx(connection, turnstile, clock, event_log);
//   ... verbs write ...
//   tx.commit();              // without it everything is undone
//   for (auto [mask, jobs] : tx.wakes()) ...

#include "kue/stores/sqlite/connection.hpp"
#include "kue/stores/sqlite/turnstile.hpp"

#include <kue/store.hpp>

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace kue::sqlite {

class Transaction {
 public:
  // The clock is read once the write lock is held: a time from before the wait would be older than what others wrote meanwhile,
  // and a job would be claimed before its run_at.
  Transaction(Connection& connection, Turnstile& turnstile, std::function<TimePoint()> const& clock, bool event_log);
  ~Transaction();
  Transaction(Transaction const&) = delete;
  Transaction& operator=(Transaction const&) = delete;

  Connection& db() { return connection_; }
  TimePoint now() const { return now_; }

  // Every change of a state goes through here: counters now, the event if the log is on.
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
  void changed(Change const& change);
  void refused(Verb verb, Finish const& item);  // a stale write: an event, nothing else
  bool writes_events() const { return event_log_; }

  // After the commit a sleeper of this queue is to be woken, or several.
  void wake(std::string_view queue, int jobs = 1);
  std::map<std::uint32_t, int> const& wakes() const { return wakes_; }  // by mask

  // For a part that may fail alone: what was noted since is forgotten with it.
  void mark();
  void back_to_mark();

  void commit();

 private:
  struct Numbers {
    std::int64_t pushed = 0;
    std::array<std::int64_t, kStateCount> by_state{};
  };
  void write_event(Change const& change, bool stale);
  Numbers& numbers(std::string_view queue);

  Connection& connection_;
  Turnstile& turnstile_;
  TimePoint now_{};
  bool event_log_;
  bool open_ = false;
  std::map<std::string, Numbers, std::less<>> numbers_, marked_numbers_;
  std::map<std::uint32_t, int> wakes_, marked_wakes_;
};

// One state of the file for several looks.
class Snapshot {
 public:
  explicit Snapshot(Connection& connection) : connection_(connection) { connection_.execute(Sql::begin_look); }
  ~Snapshot();
  Snapshot(Snapshot const&) = delete;
  Snapshot& operator=(Snapshot const&) = delete;

 private:
  Connection& connection_;
};

}  // namespace kue::sqlite
