#include "kue/stores/sqlite/tables/ledger.hpp"

#include <sql_texts.hpp>

namespace kue::sqlite {
namespace {

template <class Enum> std::optional<int> number(std::optional<Enum> value) {
  if (!value) return std::nullopt;
  return static_cast<int>(*value);
}

}  // namespace

void Ledger::changed(Change const& change) {
  Numbers& of_queue = numbers(change.queue);
  if (!change.from)
    ++of_queue.pushed;
  else
    --of_queue.by_state[static_cast<std::size_t>(*change.from)];
  if (change.to) ++of_queue.by_state[static_cast<std::size_t>(*change.to)];
  if (event_log_) write_event(change, false);
  if (change.to && is_waiting(*change.to)) wake(change.queue);  // for one that is not due, too: somebody must learn when to wake up
}

void Ledger::refused(Verb verb, Finish const& item) {
  if (!event_log_) return;
  write_event({.id = item.claim.id,
               .queue = {},
               .verb = verb,
               .from = State::running,
               .to = item.transition.to,
               .reason = item.transition.reason,
               .claim_no = item.claim.claim_no,
               .holder = item.claim.holder},
              true);
}

void Ledger::write_event(Change const& change, bool stale) {
  connection_.execute(Sql::event, now_, change.id, static_cast<int>(change.verb), number(change.from), number(change.to), static_cast<int>(change.reason),
                      change.claim_no, change.holder, change.node, stale ? 1 : 0);
}

Ledger::Numbers& Ledger::numbers(std::string_view queue) {
  auto const found = numbers_.find(queue);
  return found != numbers_.end() ? found->second : numbers_[std::string(queue)];
}

void Ledger::wake(std::string_view queue, int jobs) { after_.wakes[WakeFile::mask_of(queue)] += jobs; }

void Ledger::mark() {
  marked_numbers_ = numbers_;
  marked_after_ = after_;
}

void Ledger::back_to_mark() {
  numbers_ = marked_numbers_;
  after_ = marked_after_;
}

AfterCommit const& Ledger::close() {
  for (auto const& [queue, n] : numbers_) {
    auto const& s = n.by_state;
    connection_.execute(Sql::counts_add, queue, n.pushed, s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7]);
  }
  return after_;
}

}  // namespace kue::sqlite
