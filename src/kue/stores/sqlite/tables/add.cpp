// new -> available, scheduled.

#include "kue/stores/sqlite/file/failure.hpp"
#include "kue/stores/sqlite/tables/rows.hpp"
#include "kue/stores/sqlite/tables/stretches.hpp"
#include "kue/stores/sqlite/tables/tables.hpp"

#include <sqlite3.h>
#include <sql_texts.hpp>

#include <deque>
#include <utility>

namespace kue::sqlite {
namespace {

struct Labels {
  std::optional<std::string> tags, meta;
};

using Order = std::pair<std::string_view, int>;  // queue and priority: claims take in the order of arrival of one

// Small: a thousand of them are new memory at each push.
struct Row {
  Envelope const* job;
  Labels const* labels;  // null: it has none, as most
};

void write_column(Row const& row, int column, BatchTable::Value& out) {
  Envelope const& job = *row.job;
  switch (column) {
    case 1: return out.set(job.id);
    case 2: return out.set(job.kind);
    case 3: return out.set(job.queue);
    case 4: return out.set(job.args);
    case 5: return out.set(job.schema);
    case 6: return out.set(job.run_at);
    case 7: return out.set(job.priority);
    case 8: return out.set(job.max_attempts);
    case 9: return out.set(job.timeout.count());
    case 10: return row.labels ? out.set(row.labels->tags) : out.set(std::nullopt);
    case 11: return row.labels ? out.set(row.labels->meta) : out.set(std::nullopt);
    default: return out.set(std::nullopt);
  }
}

struct Rows {
  std::vector<Row> rows;
  std::deque<Labels> labels;  // which rows points to

  explicit Rows(std::span<std::span<Envelope const> const> lists) {
    std::size_t count = 0;
    for (auto const& list : lists) count += list.size();
    rows.reserve(count);
    for (auto const& list : lists) {
      for (Envelope const& job : list) rows.push_back({&job, labels_of(job)});
    }
  }

  Labels const* labels_of(Envelope const& job) {
    if (job.tags.empty() && job.meta.empty()) return nullptr;
    return &labels.emplace_back(Labels{pack_tags(job.tags), pack_meta(job.meta)});
  }
};

Ledger::Change pushed_change(Envelope const& job, State state) {
  return {.id = job.id, .queue = job.queue, .verb = Verb::push, .from = {}, .to = state, .reason = Reason::pushed};
}

std::int64_t last_number(Connection& db) {
  auto row = db.use(Sql::push_last_number);
  if (!row.step() || row.null(0))
    throw Failure(SQLITE_CORRUPT, "the row of the last number is missing from table kue_store");
  return row.integer(0);
}

State first_state(Envelope const& job, TimePoint now) {
  return job.run_at && *job.run_at > now ? State::scheduled : State::available;
}

}  // namespace

std::vector<PushStatus> Tables::add(std::span<std::span<Envelope const> const> lists) {
  if (lists.size() == 1 && lists.front().size() == 1) return {add_one(lists.front().front())};
  Rows const all(lists);
  auto const count = static_cast<std::int64_t>(all.rows.size());
  std::int64_t const before = last_number(db());
  db().execute_for(batch_of(all.rows, write_column), Sql::push_jobs, before, now());
  bool const all_new = db().changes() == count;
  db().execute(Sql::push_live, before + 1, before + count, now());
  std::vector<PushStatus> statuses;
  statuses.reserve(all.rows.size());
  StretchesOf<Order> ready;
  std::int64_t seq = before;
  for (Row const& row : all.rows) {
    ++seq;
    Envelope const& job = *row.job;
    bool const pushed = all_new || db().use(Sql::push_came_in, seq).step();
    statuses.push_back(pushed ? PushStatus::pushed : PushStatus::already);
    if (!pushed) continue;
    State const state = first_state(job, now());
    if (state == State::available) ready.add({job.queue, job.priority}, seq);
    ledger_.changed(pushed_change(job, state));
  }
  ready.each([&](Order const& order, Stretch const& stretch) { ledger_.covered(order.first, order.second, stretch); });
  return statuses;
}

// The same for one job, without the table kue_batch and without a journal of the statement: a third less work
// (docs/decisions/0015).
PushStatus Tables::add_one(Envelope const& job) {
  auto const tags = pack_tags(job.tags);
  auto const meta = pack_meta(job.meta);
  db().execute(Sql::push_one, job.id, job.kind, job.queue, job.args, job.schema, job.run_at, job.priority,
               job.max_attempts, job.timeout.count(), tags, meta, now());
  if (db().changes() == 0) return PushStatus::already;
  std::int64_t const seq = db().last_number();
  State const state = first_state(job, now());
  db().execute(Sql::push_one_live, seq, static_cast<int>(state), static_cast<int>(place_of(state)), job.queue,
               job.priority, job.run_at.value_or(now()), job.max_attempts);
  if (state == State::available) ledger_.covered(job.queue, job.priority, {seq, seq});
  ledger_.changed(pushed_change(job, state));
  return PushStatus::pushed;
}

void Tables::all_or_nothing(std::function<void()> const& part) {
  ledger_.mark();
  db().execute(Sql::push_savepoint);
  try {
    part();
  } catch (...) {
    db().execute(Sql::push_undo);
    db().execute(Sql::push_release);
    ledger_.back_to_mark();
    throw;
  }
  db().execute(Sql::push_release);
}

std::exception_ptr Tables::try_part(std::function<void()> const& part) {
  try {
    all_or_nothing(part);
  } catch (Failure const& failure) {
    if (!failure.concerns_one_row()) throw;  // a full disk is everybody's
    return std::current_exception();
  }
  return nullptr;
}

}  // namespace kue::sqlite
