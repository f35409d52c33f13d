#include "kue/stores/sqlite/tables/rows.hpp"
#include "kue/stores/sqlite/verbs/store.hpp"
#include "kue/stores/sqlite/tables/stretches.hpp"

#include <kue/error.hpp>

#include <fmt/format.h>
#include <sqlite3.h>

#include <deque>

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

class Pusher {
 public:
  explicit Pusher(Transaction& transaction) : tx_(transaction) {
    auto row = tx_.db().use(Sql::push_last_seq);
    if (!row.step()) throw Failure(SQLITE_CORRUPT, "the row of the last number is missing from table store");
    last_seq_ = row.integer(0);
  }

  // The jobs of all members, as one statement a table. Throws as soon as one row fails.
  void push(std::vector<Group::Member*> const& members) {
    take_rows(members);
    std::int64_t const before = last_seq_;
    auto const count = static_cast<std::int64_t>(rows_.size());
    tx_.db().execute_for(batch_of(rows_, write_column), Sql::push_jobs, before, tx_.now());
    bool const all_new = tx_.db().changes() == count;
    tx_.db().execute(Sql::push_live, before + 1, before + count, tx_.now());
    StretchesOf<Order> ready;
    std::int64_t seq = before;
    for (Group::Member* const member : members) {
      member->statuses.clear();
      member->statuses.reserve(member->jobs.size());
      for (Envelope const& job : member->jobs) {
        ++seq;
        bool const pushed = all_new || tx_.db().use(Sql::push_came_in, seq).step();
        if (pushed && note(job) == State::available) ready.add({job.queue, job.priority}, seq);
        member->statuses.push_back(pushed ? PushStatus::pushed : PushStatus::already);
      }
    }
    ready.each([&](Order const& order, Stretch const& stretch) {
      tx_.db().execute(Sql::ready_add, order.first, order.second, stretch.first, stretch.last, kMostSkipped);
    });
    last_seq_ = before + count;
  }

  // As one first; if a row of one member does not fit, each by itself, so that it fails alone.
  void push_group(std::vector<Group::Member*> const& members) {
    if (members.size() == 1) return push(members);
    if (!fails(members)) return;
    for (Group::Member* const member : members) member->error = fails({member});
  }

  void end() { tx_.db().execute(Sql::push_set_last_seq, last_seq_); }

 private:
  // Pushes all or nothing, and says what was wrong with a row.
  std::exception_ptr fails(std::vector<Group::Member*> const& members) {
    std::exception_ptr error;
    tx_.mark();
    tx_.db().execute(Sql::push_savepoint);
    try {
      push(members);
    } catch (Failure const& failure) {
      if (!failure.concerns_one_row()) throw;  // a full disk is everybody's
      error = std::make_exception_ptr(failure);
      tx_.db().execute(Sql::push_undo);
      tx_.back_to_mark();
    }
    tx_.db().execute(Sql::push_release);
    return error;
  }

  void take_rows(std::vector<Group::Member*> const& members) {
    rows_.clear();
    labels_.clear();
    std::size_t count = 0;
    for (Group::Member const* const member : members) count += member->jobs.size();
    rows_.reserve(count);
    for (Group::Member const* const member : members) {
      for (Envelope const& job : member->jobs) rows_.push_back({&job, labels_of(job)});
    }
  }

  Labels const* labels_of(Envelope const& job) {
    if (job.tags.empty() && job.meta.empty()) return nullptr;
    return &labels_.emplace_back(Labels{pack_tags(job.tags), pack_meta(job.meta)});
  }

  State note(Envelope const& job) {
    State const state = job.run_at && *job.run_at > tx_.now() ? State::scheduled : State::available;
    tx_.changed({.id = job.id, .queue = job.queue, .verb = Verb::push, .from = std::nullopt, .to = state, .reason = Reason::pushed});
    tx_.wake(job.queue);  // for a scheduled one too: somebody must learn when to wake up
    return state;
  }

  Transaction& tx_;
  std::int64_t last_seq_ = 0;
  std::vector<Row> rows_;
  std::deque<Labels> labels_;  // which rows_ points to
};

}  // namespace

PushResult SqliteStore::push(PushRequest const& request) {
  refuse_foreign_descriptors("push to");
  for (Envelope const& job : request.jobs) job.check();  // all of them before the first is kept: all or nothing
  if (request.jobs.empty()) return {};
  Group::Member member{.jobs = request.jobs};
  try {
    disk_.refuse_push_when_full(request.jobs);
    group_.push(member);
  } catch (Failure const& failure) {
    throw to_error(failure, "push to", description());
  }
  return {std::move(member.statuses)};
}

void SqliteStore::push_group(std::vector<Group::Member*> const& members) {
  commit("push to", [&](Transaction& transaction) {
    Pusher pusher(transaction);
    pusher.push_group(members);
    pusher.end();
  });
}

}  // namespace kue::sqlite
