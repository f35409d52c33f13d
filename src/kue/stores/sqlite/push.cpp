#include "kue/stores/sqlite/disk_space.hpp"
#include "kue/stores/sqlite/rows.hpp"
#include "kue/stores/sqlite/store.hpp"

#include <kue/error.hpp>

#include <fmt/format.h>
#include <sqlite3.h>

namespace kue::sqlite {
namespace {

class Pusher {
 public:
  explicit Pusher(Transaction& transaction) : tx_(transaction) {
    auto row = tx_.db().use(Sql::push_last_seq);
    if (!row.step()) throw Failure(SQLITE_CORRUPT, "the row of the last number is missing from table store");
    last_seq_ = row.integer(0);
  }

  std::vector<PushStatus> push(std::span<Envelope const> jobs) {
    std::int64_t const before = last_seq_;
    std::vector<PushStatus> statuses;
    statuses.reserve(jobs.size());
    try {
      for (Envelope const& job : jobs) statuses.push_back(push_one(job));
    } catch (...) {
      last_seq_ = before;
      throw;
    }
    return statuses;
  }

  void end() { tx_.db().execute(Sql::push_set_last_seq, last_seq_); }

 private:
  PushStatus push_one(Envelope const& job) {
    std::int64_t const seq = last_seq_ + 1;
    auto const tags = pack_tags(job.tags);
    auto const meta = pack_meta(job.meta);
    tx_.db().execute(Sql::push_job, seq, job.id, job.kind, job.queue, job.args, job.schema, job.run_at, job.priority, job.max_attempts, job.timeout.count(),
                     tags, meta, tx_.now());
    if (tx_.db().changes() == 0) return PushStatus::already;
    last_seq_ = seq;
    TimePoint const run_at = job.run_at.value_or(tx_.now());
    State const state = run_at > tx_.now() ? State::scheduled : State::available;
    tx_.db().execute(Sql::push_live, seq, static_cast<int>(state), static_cast<int>(place_of(state)), job.queue, job.priority, run_at, job.max_attempts);
    tx_.changed({.id = job.id, .queue = job.queue, .verb = Verb::push, .from = std::nullopt, .to = state, .reason = Reason::pushed});
    tx_.wake(job.queue);  // for a scheduled one too: somebody must learn when to wake up
    return PushStatus::pushed;
  }

  Transaction& tx_;
  std::int64_t last_seq_ = 0;
};

void push_member_alone(Transaction& transaction, Pusher& pusher, Group::Member& member) {
  transaction.mark();
  transaction.db().execute(Sql::push_savepoint);
  try {
    member.statuses = pusher.push(member.jobs);
  } catch (Failure const& failure) {
    if (!failure.concerns_one_row()) throw;  // a full disk is everybody's
    member.error = std::make_exception_ptr(failure);
    transaction.db().execute(Sql::push_undo);
    transaction.back_to_mark();
  }
  transaction.db().execute(Sql::push_release);
}

}  // namespace

PushResult SqliteStore::push(PushRequest const& request) {
  refuse_after_fork("push to");
  for (Envelope const& job : request.jobs) job.check();  // all of them before the first is kept: all or nothing
  if (request.jobs.empty()) return {};
  Group::Member member{.jobs = request.jobs};
  try {
    refuse_push_on_full_disk(location_, request.jobs);
    pushes_.join(member, [this](std::vector<Group::Member*> const& members) { push_group(members); });
  } catch (Failure const& failure) {
    throw to_error(failure, "push to", description());
  }
  return {std::move(member.statuses)};
}

void SqliteStore::push_group(std::vector<Group::Member*> const& members) {
  write(Sync::full, "push to", [&](Transaction& transaction) {
    Pusher pusher(transaction);
    if (members.size() == 1) {
      members.front()->statuses = pusher.push(members.front()->jobs);
    } else {
      for (Group::Member* const member : members) push_member_alone(transaction, pusher, *member);
    }
    pusher.end();
  });
}

}  // namespace kue::sqlite
