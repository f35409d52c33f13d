#include "kue/stores/sqlite/tables/ledger.hpp"

#include <sql_texts.hpp>

#include <algorithm>
#include <cstdlib>
#include <span>

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
  if (change.to && is_waiting(*change.to))
    wake(change.queue);  // for one that is not due, too: somebody must learn when to wake up
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
  connection_.execute(Sql::event, now_, change.id, static_cast<int>(change.verb), number(change.from),
                      number(change.to), static_cast<int>(change.reason), change.claim_no, change.holder, change.node,
                      stale ? 1 : 0);
}

Ledger::Numbers& Ledger::numbers(std::string_view queue) {
  if (latest_ == nullptr || latest_->first != queue) {
    auto const found = numbers_.find(queue);
    latest_ = found != numbers_.end() ? &*found : &*numbers_.try_emplace(std::string(queue)).first;
  }
  return latest_->second;
}

void Ledger::wake(std::string_view queue, int jobs) { after_.wakes[WakeFile::mask_of(queue)] += jobs; }

void Ledger::mark() {
  marked_numbers_ = numbers_;
  marked_after_ = after_;
}

void Ledger::back_to_mark() {
  numbers_ = marked_numbers_;
  latest_ = nullptr;
  after_ = marked_after_;
}

void Ledger::covered(std::string_view queue, int priority, Stretch const& stretch) {
  numbers(queue).covered.emplace_back(priority, stretch);
}
void Ledger::erased(std::int64_t seq) { last_erased_ = std::max(last_erased_, seq); }

void Ledger::fold(std::string_view queue) {
  std::int64_t priority = 0;
  Stretch tail;
  {
    auto row = connection_.use(Sql::tail_look, queue);
    if (!row.step()) return;
    priority = row.integer(0);
    tail = {row.integer(1), row.integer(2)};
  }
  connection_.execute(Sql::ready_add, queue, priority, tail.first, tail.last, kMostSkipped);
  connection_.execute(Sql::tail_set, queue, 0, 1, 0);
}

bool Ledger::Numbers::only_pushed() const {
  auto const& available = by_state[static_cast<std::size_t>(State::available)];
  std::int64_t others = -available;
  for (std::int64_t const number : by_state) others += std::abs(number);
  return covered.size() == 1 && pushed == available && others == 0;
}

bool Ledger::lengthen_tail(std::string_view queue, Numbers const& n) {
  auto const& [priority, stretch] = n.covered.front();
  connection_.execute(Sql::counts_push, queue, n.pushed, priority, stretch.first, stretch.last, kMostSkipped);
  return connection_.changes() == 1;
}

void Ledger::write(std::string_view queue, Numbers const& n) {
  if (n.only_pushed() && lengthen_tail(queue, n)) return;
  auto const& s = n.by_state;
  connection_.execute(Sql::counts_add, queue, n.pushed, s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7]);
  if (n.covered.empty()) return;
  fold(queue);
  for (auto const& [priority, stretch] : std::span(n.covered).first(n.covered.size() - 1))
    connection_.execute(Sql::ready_add, queue, priority, stretch.first, stretch.last, kMostSkipped);
  auto const& [priority, stretch] = n.covered.back();
  connection_.execute(Sql::tail_set, queue, priority, stretch.first, stretch.last);
}

AfterCommit const& Ledger::close() {
  for (auto const& [queue, n] : numbers_) write(queue, n);
  if (last_erased_ > 0) connection_.execute(Sql::number_floor, last_erased_);
  return after_;
}

}  // namespace kue::sqlite
