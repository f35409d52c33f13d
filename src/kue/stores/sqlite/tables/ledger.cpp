#include "kue/stores/sqlite/tables/ledger.hpp"

#include "kue/stores/sqlite/file/failure.hpp"
#include "kue/stores/sqlite/file/wake_file.hpp"

#include <sqlite3.h>

namespace kue::sqlite {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 10s;  // for the write lock, in all

template <class Enum> std::optional<int> number(std::optional<Enum> value) {
  if (!value) return std::nullopt;
  return static_cast<int>(*value);
}

}  // namespace

Transaction::Transaction(Connection& connection, Turnstile& turnstile, std::function<TimePoint()> const& clock, bool event_log)
    : connection_(connection), turnstile_(turnstile), event_log_(event_log) {
  connection_.patience(kPatience);
  turnstile_.enter();
  try {
    connection_.execute(Sql::begin);
  } catch (...) {
    turnstile_.leave();
    throw;
  }
  open_ = true;
  now_ = clock();
}

Transaction::~Transaction() {
  // SQLite has ended the transaction by itself after some errors.
  if (open_ && sqlite3_get_autocommit(connection_.handle()) == 0) sqlite3_exec(connection_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
  turnstile_.leave();
}

void Transaction::changed(Change const& change) {
  Numbers& of_queue = numbers(change.queue);
  if (!change.from)
    ++of_queue.pushed;
  else
    --of_queue.by_state[static_cast<std::size_t>(*change.from)];
  if (change.to) ++of_queue.by_state[static_cast<std::size_t>(*change.to)];
  if (event_log_) write_event(change, false);
}

void Transaction::refused(Verb verb, Finish const& item) {
  if (!event_log_) return;
  write_event({.id = item.id,
               .queue = {},
               .verb = verb,
               .from = State::running,
               .to = item.transition.to,
               .reason = item.transition.reason,
               .claim_no = item.claim_no,
               .holder = item.holder},
              true);
}

void Transaction::write_event(Change const& change, bool stale) {
  connection_.execute(Sql::event, now_, change.id, static_cast<int>(change.verb), number(change.from), number(change.to), static_cast<int>(change.reason),
                      change.claim_no, change.holder, change.node, stale ? 1 : 0);
}

Transaction::Numbers& Transaction::numbers(std::string_view queue) {
  auto const found = numbers_.find(queue);
  return found != numbers_.end() ? found->second : numbers_[std::string(queue)];
}

void Transaction::wake(std::string_view queue, int jobs) { wakes_[WakeFile::mask_of(queue)] += jobs; }

Snapshot::~Snapshot() {
  try {
    connection_.execute(Sql::end_look);
  } catch (Failure const&) {}  // an error of the look has ended it
}

void Transaction::mark() {
  marked_numbers_ = numbers_;
  marked_wakes_ = wakes_;
}

void Transaction::back_to_mark() {
  numbers_ = marked_numbers_;
  wakes_ = marked_wakes_;
}

void Transaction::commit() {
  for (auto const& [queue, n] : numbers_) {
    auto const& s = n.by_state;
    connection_.execute(Sql::counts_add, queue, n.pushed, s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7]);
  }
  try {
    connection_.execute(Sql::commit);
  } catch (Failure& failure) {
    failure.in_commit();
    throw;
  }
  open_ = false;
  turnstile_.leave();  // before anybody is woken: who is shall find it open
}

}  // namespace kue::sqlite
